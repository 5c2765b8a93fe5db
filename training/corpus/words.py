"""Word lists that every kind of text draws on, written for this project."""

GIRLS = """Mara Lena Nina Greta Sofia Clara Ada Mila Ruth Ines Vera Tilda Elsa Alma Rosa Iris Olga Lucia Hanna Dora Edda Flora Nora Zoe
Petra Maya Selma Irma Wanda Yara Tara Agnes Freya Helga Bianca Cora Diana Fatima Hedda Judith Livia Nadia Pia Rita Thea Valerie Xenia
Zara Alice Carol Eve Grace Heidi Anna Emma Julia Laura Lily Lucy Marta Molly Paula Sara Stella Susan Tina Amina Aisha Mei Priya""".split()
BOYS = """Jonas Oskar Felix Ivan Emil Hugo Noah Otto Leo Karl Max Paul Theo Erik Finn Anton Sam Bruno Viktor Milan Simon Rafael Daniel
Arthur Luca Adam Oliver Jakob Casper Henry Moritz Julian Marco Tom Ralf Sven Egon Gil Isak Kemal Milo Omar Quentin Stefan Ugo Wim Yusuf
Ben Dave Frank Alex Bob Carl David Fred George Jack James John Liam Mark Nick Peter Robert Tim Tomas Ravi Kenji Ali Diego Pablo""".split()
FIRST = GIRLS + BOYS
LAST = """Lind Berger Novak Silva Haas Moreau Olsen Kowal Ferrari Schmidt Costa Weber Larsen Meyer Rossi Dubois Kaya Horvat Jensen Popov
Ricci Vogel Sato Tanaka Nagy Fischer Lopez Martin Ortiz Petrov Keller Brandt Wolf Zimmer Adler Bauer Conti Duarte Engel Fuchs Garcia
Huber Ibsen Klein Lang Mancini Nielsen Okafor Pereira Quist Roth Santos Torres Ulrich Vidal Wagner Young Ziegler Blom Cruz Dahl Smith
Brown Jones Miller Clark Hill Green King Baker Carter Moore Patel Khan Chen Kim Ito""".split()
CAPITALS = {
    "Norway": "Oslo", "Portugal": "Lisbon", "Austria": "Vienna", "Germany": "Berlin", "Spain": "Madrid", "Italy": "Rome",
    "Ireland": "Dublin", "Greece": "Athens", "Poland": "Warsaw", "France": "Paris", "England": "London", "Japan": "Tokyo",
    "Hungary": "Budapest", "Egypt": "Cairo", "Kenya": "Nairobi", "Peru": "Lima", "Sweden": "Stockholm", "Finland": "Helsinki",
    "Denmark": "Copenhagen", "Belgium": "Brussels", "Estonia": "Tallinn", "Latvia": "Riga", "Croatia": "Zagreb", "Canada": "Ottawa",
    "Cuba": "Havana", "Chile": "Santiago", "China": "Beijing", "India": "New Delhi", "Russia": "Moscow", "Turkey": "Ankara",
}
CITIES = """Oslo Lisbon Vienna Prague Berlin Madrid Rome Dublin Athens Warsaw Zurich Geneva Bergen Porto Seville Turin Naples Hamburg
Munich Graz Basel Lyon Lille Ghent Utrecht Turku Tallinn Riga Krakow Brno Split Zagreb Budapest Cairo Lagos Nairobi Lima Quito Bogota
Boston Denver Austin Toronto Montreal Kyoto Osaka Seoul Hanoi Delhi Mumbai Perth Sydney Auckland Paris London Tokyo Chicago""".split()
JOBS = """baker teacher nurse carpenter pilot gardener painter doctor farmer writer engineer chef tailor plumber librarian musician driver
dentist lawyer potter printer barber florist mechanic architect translator photographer electrician waiter singer sailor judge chemist
biologist programmer designer editor actor dancer""".split()
ANIMALS = """fox bear owl rabbit mouse cat dog duck goat horse hedgehog squirrel turtle frog crow sparrow deer wolf badger beaver goose hen
lamb otter seal swan toad mole donkey pony raven robin snail bee cow pig lion tiger elephant monkey penguin whale dolphin parrot camel
kangaroo koala giraffe zebra panda bird fish dragon kitten puppy""".split()
PEOPLE = "girl boy child farmer baker sailor teacher gardener king queen princess knight wizard painter".split()
MACHINES = "robot machine clock train boat tractor computer car lighthouse teapot".split()
THINGS = """bell lantern key map boat kite drum book clock coin ring box basket ladder mirror button feather shell stone star hat scarf cup
lamp rope wheel whistle letter pencil umbrella blanket candle compass violin flute spoon bottle chair table door wagon pumpkin apple pear
cake balloon ball puppet chest crown necklace telescope flower seed cookie picture song""".split()
PLACES = """forest garden village meadow valley mountain beach market harbor castle cave library barn lake school kitchen tower orchard city
farm station bakery desert field hill pond river island""".split()
MOODS = """happy sad lonely brave shy curious clever tired hungry quiet kind proud grumpy gentle lazy careful nervous cheerful patient
stubborn little old young""".split()
COLORS = "red blue green yellow white black brown golden silver purple orange gray pink".split()
GOODS = """apples pears plums oranges lemons cherries grapes peaches figs melons berries bananas carrots onions potatoes tomatoes beans eggs
buns books pens cups coins stamps shells stones""".split()
MOVED = "walked ran climbed looked waited danced jumped hurried wandered marched".split()
NOUNS = """anchor apron arrow autumn bamboo banner barrel beacon berry blossom bolt branch brick bronze bucket butter cabin canyon carpet
cedar chalk circle cliff cloud clover coal copper coral cotton cradle creek crystal desk diamond dust eagle echo engine fabric falcon fence
fern flame flint fog forge fossil fountain frost garlic gate ginger glass globe glove granite grape gravel hammer harvest hazel honey
horizon ink iron ivory ivy jacket jade jar jewel kettle lace leaf lemon linen lock magnet maple marble mask meteor mint mist moss nail
needle nest nickel oak oasis ocean olive onion opal orbit orchid paddle palm paper path pearl pepper pillow pine planet plum pocket pollen
prism quartz quilt rain reef ribbon root rust saddle sail salt sand satin shadow shield silk sky slate smoke snow spark spice spiral
spring steam steel storm straw sugar sunset thread thunder tide timber tin torch tunnel turnip velvet vine violet wave wax wheat willow
wind wing winter wood wool zinc""".split()
ADJECTIVES = "old small bright quiet broken warm cold heavy soft tall round dusty shiny hidden tiny strange lovely rusty wooden magic".split()
OPPOSITES = {
    "hot": "cold", "big": "small", "up": "down", "left": "right", "happy": "sad", "fast": "slow", "old": "new", "light": "dark",
    "open": "closed", "early": "late", "full": "empty", "hard": "soft", "high": "low", "long": "short", "loud": "quiet", "wet": "dry",
    "strong": "weak", "rich": "poor", "clean": "dirty", "day": "night", "first": "last", "near": "far", "true": "false", "heavy": "light",
}
DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
MONTHS = "January February March April May June July August September October November December".split()

_ONES = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
nineteen""".split()
_TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split()
_SYLLABLES = "ba be bo da di do fa fe ga go ha ka ke ko la le lo ma mi mo na ne no pa po ra re ri ro sa se so ta te ti to va ve wa za zo".split()
_ENDINGS = "n r s l k m t nd rt sk ck x".split()


def in_words(number: int) -> str:
    """A whole number from 0 to 999 in English words."""
    if number < 20:
        return _ONES[number]
    if number < 100:
        return _TENS[number // 10] + ("-" + _ONES[number % 10] if number % 10 else "")
    return _ONES[number // 100] + " hundred" + (" and " + in_words(number % 100) if number % 100 else "")


def invented(r) -> str:
    """A pronounceable word that no list holds, so that copying is learnt for words never seen."""
    return "".join(r.choice(_SYLLABLES) for _ in range(r.randint(1, 3))) + r.choice(_SYLLABLES)[0] + r.choice("aeiou") + r.choice(_ENDINGS)


def with_article(words: str) -> str:
    return ("an " if words[0] in "aeiou" and not words.startswith("uni") else "a ") + words


def capital(text: str) -> str:
    return text[0].upper() + text[1:]


def favour(r, options):
    """One of the options, the earlier the likelier (weight 1 / rank^1.5): a common phrasing exists, so greedy text has a clear next word."""
    return r.choices(options, [(i + 1) ** -1.5 for i in range(len(options))])[0]


def listed(items) -> str:
    """"a, b and c"."""
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1]
