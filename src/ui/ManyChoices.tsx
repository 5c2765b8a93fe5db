interface ManyChoicesProps<Value extends string> {
  readonly legend: string;
  readonly options: readonly { readonly value: Value; readonly label: string; readonly title?: string }[];
  readonly values: readonly Value[];
  /** The chosen ones, in the options' order. */
  readonly onChange: (values: Value[]) => void;
}

/** Any of a few, all in sight: native checkboxes in a row. */
export function ManyChoices<Value extends string>({ legend, options, values, onChange }: ManyChoicesProps<Value>) {
  const change = (value: Value, chosen: boolean) =>
    onChange(options.map((option) => option.value).filter((each) => (each === value ? chosen : values.includes(each))));
  return (
    <fieldset>
      <legend>{legend}</legend>
      <div className="choices">
        {options.map(({ value, label, title }) => (
          <label className="choice" key={value} title={title}>
            <input type="checkbox" checked={values.includes(value)} onChange={(event) => change(value, event.target.checked)} />
            {label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
