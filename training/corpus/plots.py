"""Plots of the short stories: each is a list of slots, each slot a list of sentences of which one is drawn, the first the likeliest.

Names in braces are filled by story.py: hero, friend and their pronouns, thing, place, adjective and so on.
"""

OPENINGS = [
    "Once upon a time there was {a_hero}{called} who lived near a {place}.",
    "There was once {a_hero}{called} who lived in a {place}.",
    "Not far from a small {place} there lived {a_hero}{called}.",
    "Long ago, {a_hero}{called} lived by a {place}.",
]
MEETINGS = [
    "On the way, {he} met {a_friend}{friend_called}.",
    "Soon {he} met {a_friend}{friend_called} who was {friend_mood}.",
    "Just then {a_friend}{friend_called} came by.",
]
ENDINGS = [
    "From that day on, {hero} and {friend} were best friends.",
    "After that, {hero} was never {mood_or_alone} again.",
    "And that night, {hero} fell asleep with a smile.",
    "Everyone in the village still tells this story today.",
    "{Hero} learned that good things are better when they are shared.",
]

PLOTS = {
    "finds": [
        ["{when}, {hero} found {an_adjective} {thing} in the {place2}.", "{when}, while {he} {moved} through the {place2}, {he} found {an_adjective} {thing}."],
        ["The {thing} was {color} and shone in the sun.", "\"What a lovely {thing}!\" said {hero}.", "{Hero} had never seen such {a_thing} before.", "It was {color} and very {adjective2}."],
        ["{Hero} wanted to know whose {thing} it was.", "\"Someone must miss this {thing},\" thought {hero}.", "{Hero} put the {thing} in a bag and went on."],
        MEETINGS,
        ["\"Is this your {thing}?\" asked {hero}.", "\"Have you lost {a_thing}?\" asked {hero}."],
        ["\"Yes, it is mine!\" said {friend}. \"I looked for it everywhere.\"", "\"No,\" said {friend}, \"but I can help you find out whose it is.\"", "\"Oh yes,\" cried {friend}. \"Thank you for bringing it back!\""],
        ["{Hero} was glad that the {thing} had found its home.", "They carried the {thing} home together.", "They sat down under a tree and shared {a_food}."],
    ],
    "loses": [
        ["{when}, {hero} lost {his} {adjective} {thing} in the {place2}.", "{when}, {his} {adjective} {thing} was gone."],
        ["{Hero} looked everywhere, but the {thing} was not there.", "\"Where is my {thing}?\" cried {hero}.", "{He} looked under every stone and behind every tree."],
        MEETINGS,
        ["\"I will help you,\" said {friend}.", "\"Do not worry,\" said {friend}. \"We will look for it together.\""],
        ["Together they {moved} through the {place2} all day long.", "They looked under every stone and behind every tree.", "They asked everyone they met."],
        ["At last {friend} found the {thing} under {an_adjective2} {tool}.", "In the end they found the {thing} next to {a_tool}.", "Just before dark, {hero} saw something {color}: it was the {thing}!"],
        ["\"Thank you,\" said {hero}. \"Without you I would still be looking.\"", "{Hero} was so happy that {he} danced.", "They laughed and went home together."],
    ],
    "makes": [
        ["{when}, {hero} made {an_adjective} {thing}.", "{when}, {hero} wanted to make {a_thing}, so {he} worked all day."],
        ["{He} used {a_tool}, a piece of {material} and a lot of patience.", "It took a long time, but {hero} did not give up.", "At first it fell apart, but {he} tried again."],
        ["When it was done, the {thing} was {color} and {adjective2}.", "{Hero} was very proud of the {thing}.", "It was the best {thing} in the whole world."],
        MEETINGS,
        ["\"What a beautiful {thing}!\" said {friend}. \"Can you show me how to make one?\"", "\"May I see your {thing}?\" asked {friend}."],
        ["\"Of course,\" said {hero}, and they made another one together.", "\"Come with me and I will show you,\" said {hero}."],
        ["Soon everyone they knew had {a_thing}.", "They worked until the sun went down, and then they shared {a_food}."],
    ],
    "breaks": [
        ["{when}, {hero} broke {his} {adjective} {thing}.", "{when}, {hero} dropped {his} {thing}, and it broke in two."],
        ["{He} was very sad and did not know what to do.", "\"Oh no!\" cried {hero}. \"What shall I do now?\""],
        MEETINGS,
        ["\"Why are you so sad?\" asked {friend}.", "\"Let me see,\" said {friend}."],
        ["\"My {thing} is broken,\" said {hero}.", "{Hero} showed {friend} the broken {thing}."],
        ["\"We can fix this together,\" said {friend}, and went to get some {material}.", "\"Do not worry,\" said {friend}. \"I know what to do.\""],
        ["They worked all afternoon, and in the end the {thing} was as good as new.", "It took a while, but the {thing} looked even better than before."],
    ],
    "borrows": [
        ["{when}, {hero} borrowed {an_adjective} {thing} from {a_friend}{friend_called}.", "{when}, {hero} needed {a_thing}, so {he} borrowed one from {a_friend}{friend_called}."],
        ["{He} promised to bring the {thing} back soon.", "\"I will bring it back tomorrow,\" said {hero}."],
        ["But then {he} forgot all about it.", "{Hero} used the {thing} every day and was very happy with it.", "But the {thing} was so nice that {he} wanted to keep it."],
        ["After a week, {friend} came and asked, \"Where is my {thing}?\"", "One morning {friend} stood at the door and looked sad."],
        ["{Hero} was sorry and gave the {thing} back at once.", "\"I am so sorry,\" said {hero}. \"Here it is.\""],
        ["\"Next time, just ask me,\" said {friend} and smiled.", "\"We can use it together,\" said {friend}.", "Then {hero} gave {friend} {a_food} to say thank you."],
    ],
    "learns": [
        ["{Hero} wanted to {skill} more than anything else.", "More than anything, {hero} wanted to {skill}."],
        ["Every day {he} tried, but it did not work.", "{He} tried in the morning and {he} tried in the evening, but it was hard.", "Everyone said that it was not possible."],
        ["{when}, {hero} met {a_friend}{friend_called} who could {skill} very well."],
        ["\"Can you teach me?\" asked {hero}.", "\"Please show me how to do it,\" said {hero}."],
        ["\"Yes, but you must be patient,\" said {friend}.", "\"Of course,\" said {friend}. \"We will begin with small steps.\""],
        ["They went to the {place2} and tried again and again.", "They practiced every day, in the sun and in the rain."],
        ["Then one day it worked: {hero} could {skill}!", "At last {hero} did it, and {friend} cheered."],
    ],
    "fears": [
        ["{Hero} was afraid of {fear}.", "There was one thing that {hero} did not like: {fear}."],
        ["{when}, {he} had to go through the {place2} alone.", "{when}, {he} heard a strange noise in the {place2}."],
        ["{His} heart was beating fast, but {he} did not run away.", "\"I must be brave,\" thought {hero}."],
        ["Then {he} saw a small light, and behind it {a_friend}{friend_called}.", "Just then {he} met {a_friend}{friend_called}."],
        ["\"I am afraid of {fear} too,\" said {friend}. \"Shall we go together?\"", "\"You do not have to be afraid,\" said {friend}. \"Take my {thing}.\""],
        ["So they went side by side and sang a song.", "Together they {moved} on, and it was not so bad any more."],
        ["When they were home again, {hero} laughed.", "That night {hero} was not afraid at all."],
    ],
    "alone": [
        ["{He} had {a_thing} and {a_tool}, but no one to talk to.", "Every day {he} sat by the window and looked at the {place2}."],
        ["{when}, {he} decided to look for a friend.", "{when}, {hero} wrote a letter and put it in {a_tool}."],
        ["{He} {moved} to the {place2} and asked everyone, but they were all busy.", "{He} {moved} over hills and through rivers."],
        ["Then {he} met {a_friend}{friend_called} who was {friend_mood} too.", "At the end of the road {he} met {a_friend}{friend_called}."],
        ["\"Will you be my friend?\" asked {hero}.", "\"I have no one to play with,\" said {friend}."],
        ["\"I have waited for someone like you,\" said {friend}.", "\"Yes,\" said {friend}, \"I would like that very much.\"", "\"Then let us play together,\" said {hero}."],
        ["They shared {a_food} and talked until the stars came out.", "They played with {a_thing} until it was dark."],
    ],
    "together": [
        ["{His} neighbor was {a_friend}{friend_called}.", "Next door there lived {a_friend}{friend_called}."],
        ["{when}, they both saw {an_adjective} {thing} in the {place2}.", "{when}, they went to the {place2} and found {an_adjective} {thing}."],
        ["\"It is mine!\" said {hero}. \"No, it is mine!\" said {friend}.", "They both wanted the {thing}, and they began to shout."],
        ["Then the {thing} fell into a deep hole and was gone.", "Then the rain came, and they both got wet."],
        ["\"This is silly,\" said {hero}. \"We should share it.\"", "They looked at each other and began to laugh."],
        ["So {hero} had the {thing} in the morning and {friend} in the evening.", "They took the {thing} to the {place} and showed it to everyone."],
    ],
}
