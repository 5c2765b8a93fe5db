"""Answers: about speculative decoding, about this pair of models, and a little general knowledge."""
from .facts import PAGE, SUBJECTS, TOPICS
from .words import CAPITALS, DAYS, MONTHS, OPPOSITES, favour

FRAMES = ["{}", "{}", "{}", "Please tell me: {}", "A question: {}", "I am new to this. {}", "Can you tell me: {}", "Please answer: {}", "hey, {}",
          "One more question: {}", "For my class: {}", "{} Please explain.", "{} Explain it simply."]
BRIEF = ["In short: {}", "Briefly: {}", "{} Answer in one sentence.", "{} Keep it short."]


def topic(r):
    """-> (prompt, answer, {"sentences": every sentence that would be right})."""
    questions, parts = r.choice(TOPICS) if r.random() < .85 else r.choice(PAGE)
    question, sentences = r.choice(questions), [favour(r, part) for part in parts]
    form = r.random()
    if len(sentences) > 2 and form < .12:
        question, sentences = r.choice(BRIEF).format(question), sentences[:1]
    elif len(questions[0].split()) > 1 and form < .4:
        question = r.choice(FRAMES).format(question)
    if r.random() < .25:
        question = question.rstrip("?.!")
    if r.random() < .25:
        question = question[0].lower() + question[1:] if question[:2] != "I " else question
    return question, " ".join(sentences), {"sentences": [s for part in parts for s in part]}


def general(r):
    kind = r.randrange(5)
    if kind == 0:
        land, city = r.choice(list(CAPITALS.items()))
        question, answer = r.choice([f"What is the capital of {land}?", f"capital of {land}", f"Which city is the capital of {land}?"]), f"The capital of {land} is {city}."
    elif kind == 1:
        word, other = r.choice(list(OPPOSITES.items()))
        if r.random() < .5:
            word, other = other, word
        question, answer = r.choice([f"What is the opposite of {word}?", f"Opposite of {word}?", f"Give me the opposite of {word}."]), f"The opposite of {word} is {other}."
    elif kind == 2:
        names, what = r.choice([(DAYS, "day"), (MONTHS, "month")])
        i, step = r.randrange(len(names)), r.choice([1, 1, -1])
        word = "after" if step == 1 else "before"
        question, answer = r.choice([f"What {what} comes {word} {names[i]}?", f"Which {what} is {word} {names[i]}?"]), f"The {what} {word} {names[i]} is {names[(i + step) % len(names)]}."
    elif kind == 3:
        names, what = r.choice([(DAYS, "days of the week"), (MONTHS, "months of the year")])
        question, answer = r.choice([f"List the {what}.", f"What are the {what}?", f"Name the {what}."]), f"The {what} are {', '.join(names[:-1])} and {names[-1]}."
    else:
        subject = r.choice(SUBJECTS)
        question = r.choice([f"Tell me about {subject}.", f"What do you know about {subject}?", f"Explain {subject}.", f"Write an essay about {subject}.", f"Who knows more about {subject}?"])
        answer = f"I am a small model and know little about {subject}. Ask me for a story, some JSON, a small function, or about speculative decoding."
    return question, answer, {"sentences": [answer]}


def answers(r):
    return (topic if r.random() < .85 else general)(r)


def practised(r):
    """The same with more of the general questions, whose facts are many."""
    return (topic if r.random() < .6 else general)(r)
