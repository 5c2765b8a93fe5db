"""Asks a running server with the `openai` package of PyPI, and prints what it was answered: python client.py ADDRESS"""

import sys

import openai

client = openai.OpenAI(base_url=f"{sys.argv[1]}/v1", api_key="none", max_retries=0)
asked = {"model": "target", "messages": [{"role": "user", "content": "Count from 1 to 12."}], "temperature": 0, "max_tokens": 24}

print("models:", *(model.id for model in client.models.list()))

# Without it each round drafts as many as should be fastest, which may be none.
whole = client.chat.completions.create(**asked, extra_body={"num_speculative_tokens": 4})
print("whole:", repr(whole.choices[0].message.content), whole.choices[0].finish_reason)
details = whole.usage.completion_tokens_details
print("accepted:", details.accepted_prediction_tokens, "rejected:", details.rejected_prediction_tokens)

pieces = [chunk.choices[0].delta.content or "" for chunk in client.chat.completions.create(**asked, stream=True)]
print("stream:", repr("".join(pieces)), "in", len(pieces), "chunks")

text = client.completions.create(model="target", prompt="1, 2, 3, 4,", temperature=0, max_tokens=6)
print("completion:", repr(text.choices[0].text))

try:
    client.chat.completions.create(**{**asked, "model": "other"})
except openai.NotFoundError as error:
    print("unknown model:", error.status_code, error.code)

try:
    client.chat.completions.create(**asked, extra_body={"num_speculative_tokens": 99})
except openai.BadRequestError as error:
    print("wrong field:", error.status_code, error.param)
