const CODE = /\b(json|function|class|code|program|script|python|javascript|typescript|html|css|sql|yaml)\b/i;

/** Whether `prompt` asks for something whose columns matter. Decided before the first token, so that the text never changes its face. */
export function isWrittenInCode(prompt: string): boolean {
  return CODE.test(prompt);
}
