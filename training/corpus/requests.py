"""Requests as people open a chat with: forms with a topic put in. The answers are a model's own (answers of SmolLM2: smollm2_answers.py)."""
from .words import ANIMALS, CITIES, GOODS, JOBS, MOODS, THINGS, favour, with_article

TOPICS = """the water cycle|photosynthesis|gravity|the moon|volcanoes|earthquakes|rainbows|clouds|the solar system|black holes|the ocean tides|electricity|magnets|batteries|
the heart|the brain|sleep|dreams|vaccines|vitamins|exercise|healthy eating|stress|meditation|music|jazz|painting|photography|cinema|poetry|novels|theatre|chess|football|
tennis|swimming|cycling|hiking|camping|cooking|baking bread|coffee|tea|chocolate|gardening|recycling|climate change|renewable energy|solar panels|wind power|
electric cars|trains|airplanes|bridges|the printing press|the steam engine|the internet|computers|programming|machine learning|neural networks|robots|databases|
encryption|passwords|open source software|version control|unit tests|recursion|sorting algorithms|binary search|prime numbers|fractions|probability|statistics|geometry|
algebra|the Roman Empire|ancient Egypt|the Middle Ages|the Renaissance|the French Revolution|the industrial revolution|democracy|elections|money|banks|inflation|taxes|
saving money|job interviews|writing a CV|public speaking|learning a language|studying for exams|time management|working from home|teamwork|leadership|friendship|
honesty|patience|courage|happiness|travel|packing a suitcase|birds|insects|bees|whales|dinosaurs|forests|deserts|rivers|mountains|islands|glaciers|the Arctic""".replace("\n", "").split("|")
ABOUT = [
    "What is {}?", "Explain {} in simple words.", "Tell me about {}.", "Why does {} matter?", "Give me three facts about {}.", "Write a paragraph about {}.",
    "How would you explain {} to a child?", "List five things to know about {}.", "What are the advantages and disadvantages of {}?", "Summarise {} in two sentences.",
    "Write a short poem about {}.", "What are common mistakes people make about {}?", "Give me some tips about {}.", "What is the history of {}?",
    "Can you help me understand {}?", "Write a short dialogue about {}.", "What questions should I ask about {}?", "Write an introduction to an essay about {}.",
    "Give me an example of {}.", "How has {} changed over time?",
]
LANGUAGES = ["Python", "JavaScript", "TypeScript", "Java", "C", "Rust", "SQL", "Bash"]
TASKS = """reverses a string|checks whether a number is prime|computes the factorial of a number|sorts a list|finds the largest element of a list|counts the words in a text|
merges two sorted lists|removes duplicates from a list|computes the Fibonacci numbers|reads a file line by line|checks whether a word is a palindrome|
converts Celsius to Fahrenheit|sums the even numbers of a list|counts vowels|finds the greatest common divisor|flattens a nested list|validates an email address|
generates a random password|computes an average|swaps two variables""".replace("\n", "").split("|")


def about(r):
    return favour(r, ABOUT).format(r.choice(TOPICS)) if r.random() < .3 else r.choice(ABOUT).format(r.choice(TOPICS))


def programming(r):
    form = r.choice(["Write a {} function that {}.", "How do I write {} code that {}?", "Show me a {} program that {}, and explain it.", "In {}, write something that {}."])
    return form.format(r.choice(LANGUAGES), r.choice(TASKS))


def everyday(r):
    thing, animal, job, city, mood, goods = r.choice(THINGS), r.choice(ANIMALS), r.choice(JOBS), r.choice(CITIES), r.choice(MOODS), r.choice(GOODS)
    return r.choice([
        f"Write an email to a {job} to ask for an appointment.", f"What can I do in {city} in one day?", f"Plan a weekend in {city}.", f"Give me a recipe with {goods}.",
        f"What does a {job} do?", f"How do I become {with_article(job)}?", f"What do I need to take care of {with_article(animal)}?", f"Where does a {animal} live and what does it eat?",
        f"Write a product description for {with_article(thing)}.", f"Give me ten names for a {mood} {animal}.", f"I feel {mood} today. What should I do?",
        f"Write a birthday card for {with_article(job)}.", f"How do I choose a good {thing}?", f"Compare {with_article(animal)} and {with_article(r.choice(ANIMALS))}.",
        f"Describe a {thing} without saying its name.", f"What is the difference between {with_article(thing)} and {with_article(r.choice(THINGS))}?",
        f"Write a joke about {with_article(job)} and {with_article(animal)}.", f"Make a shopping list for a soup with {goods}.", f"Write a headline about {with_article(animal)} in {city}.",
        f"Translate into French: The {animal} has a {thing}.", f"Correct this sentence: the {animal} have two {thing}s and it are {mood}.",
    ])


def request(r) -> str:
    """One request."""
    return r.choices([about, programming, everyday], [.5, .15, .35])[0](r)
