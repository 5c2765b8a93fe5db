"""Short stories from an instruction."""
from . import plots
from .words import ADJECTIVES, ANIMALS, BOYS, COLORS, DAYS, GIRLS, MACHINES, MOODS, MOVED, PEOPLE, PLACES, THINGS, capital, favour, with_article

FEMALE = {"girl", "queen", "princess", "hen", "cow"}
MALE = {"boy", "king", "knight", "wizard", "robot"}
SKILLS = "fly;swim;sing;dance;paint;read;climb trees;play the violin;bake bread;whistle;write poems;skate;cook".split(";")
FEARS = "the dark;deep water;thunder;loud noises;heights;the forest;strangers;the night;ghosts;mice".split(";")
MATERIALS = "wood rope paper cotton string glue leather silk wool".split()
TOOLS = "basket bucket hammer chair jar box barrel kettle blanket bench bag bottle needle lamp bush pillow carpet".split()
FOODS = "a piece of cake;some bread and cheese;a warm soup;an apple;a cup of tea;some cookies;a bowl of berries".split(";")
FINDS = {"finds": "finds discovers", "loses": "loses", "makes": "makes builds", "breaks": "breaks", "borrows": "borrows"}
REQUESTS = [
    "Tell a short story about {}.", "Tell me a story about {}.", "Write a short story about {}.", "Write a story about {}.",
    "Can you tell me a story about {}?", "tell a story about {}", "tell me a story about {}", "A short story about {}, please.",
    "Please write a little story about {}.", "story about {}", "Make up a story about {}.", "I would like a story about {}.",
    "write a short story about {}", "Please tell me a short story about {}.", "Tell a story of {}.", "Could you write a story about {}?",
]
OPEN_REQUESTS = ["Tell me a story.", "Tell a short story.", "Write a story.", "tell me a story", "Can you tell me a story?", "A story, please.",
                 "Write a short story.", "Tell me a bedtime story.", "Tell me a fairy tale."]


def _hero(r):
    kind = r.choice(r.choices([ANIMALS, PEOPLE, MACHINES], [.62, .24, .14])[0])
    female = kind in FEMALE or (kind not in MALE and r.random() < .5)
    return kind, female


def story(r):
    """-> (prompt, answer, what the answer must mention)."""
    kind, female = _hero(r)
    friend_kind = r.choice([a for a in ANIMALS if a != kind])
    name, friend_name = r.choice(GIRLS if female else BOYS), r.choice(GIRLS + BOYS)
    mood = r.choice(MOODS)
    told_mood = r.random() < .45
    subject = f"{mood} {kind}" if told_mood else kind
    plot = r.choice(list(plots.PLOTS))
    thing, place, skill, fear = r.choice(THINGS), r.choice(PLACES), r.choice(SKILLS), r.choice(FEARS)
    named, friend_named, mentions = r.random() < .25, r.random() < .15, [kind]
    form = r.random()
    who = r.choice(["who", "who", "that"])
    if plot in FINDS and form < .6:
        about = f"{with_article(subject)} {who} {r.choice(FINDS[plot].split())} {with_article(thing)}"
        mentions.append(thing)
    elif plot == "learns":
        about = f"{with_article(subject)} {who} " + r.choice([f"wants to {skill}", f"learns to {skill}", f"cannot {skill}"])
        mentions.append(skill)
    elif plot == "fears":
        about = f"{with_article(subject)} {who} is " + r.choice([f"afraid of {fear}", f"scared of {fear}"])
        mentions.append(fear)
    elif plot == "together" or (plot == "alone" and form < .25):
        about = r.choice([f"{with_article(subject)} and {with_article(friend_kind)}", f"a friendship between {with_article(subject)} and {with_article(friend_kind)}"])
        mentions.append(friend_kind)
    elif plot == "alone" and form < .6:
        mood, told_mood, subject = "lonely", True, f"lonely {kind}"
        about = r.choice([f"a lonely {kind}", f"a lonely {kind}", f"a {kind} {who} looks for a friend"])
    elif form < .75:
        about = f"{with_article(subject)} and {with_article(thing)}"
        mentions.append(thing)
    elif form < .9:
        about = f"{with_article(subject)} in a {place}"
        mentions.append(place)
    else:
        about = with_article(subject)
    if r.random() < .12:
        about, named = about.replace(subject, f"{subject} named {name}", 1), True
        mentions.append(name)
    prompt = r.choice(REQUESTS).format(about)
    if r.random() < .05:
        prompt, mentions = r.choice(OPEN_REQUESTS), []
    hero, friend = (name if named else f"the {kind}"), (friend_name if friend_named else f"the {friend_kind}")
    he, his, him = ("she", "her", "her") if female else ("he", "his", "him")
    adjective, adjective2, tool = *r.sample(ADJECTIVES, 2), r.choice(TOOLS)
    fill = {
        "hero": hero, "Hero": capital(hero), "a_hero": with_article(f"{mood} {kind}"), "called": f" named {name}" if named else "",
        "friend": friend, "Friend": capital(friend), "a_friend": with_article(friend_kind),
        "friend_called": f" named {friend_name}" if friend_named else "", "friend_mood": favour(r, MOODS), "he": he, "He": capital(he),
        "his": his, "His": capital(his), "him": him, "thing": thing, "a_thing": with_article(thing), "place": place,
        "place2": favour(r, [p for p in PLACES if p != place]), "adjective": adjective, "adjective2": adjective2,
        "an_adjective": with_article(adjective), "an_adjective2": with_article(adjective2), "material": favour(r, MATERIALS),
        "tool": tool, "a_tool": with_article(tool), "color": favour(r, COLORS), "moved": favour(r, MOVED), "skill": skill, "fear": fear, "a_food": favour(r, FOODS),
        "when": favour(r, ["One day", "One morning", "One evening", "One " + r.choice(DAYS), "One cold night", "One sunny day"]),
        "mood_or_alone": "lonely" if plot == "alone" or mood == "lonely" else "alone",
    }
    slots = [plots.OPENINGS, *plots.PLOTS[plot], plots.ENDINGS]
    return prompt, " ".join(favour(r, slot) for slot in slots).format(**fill), {"mentions": mentions}
