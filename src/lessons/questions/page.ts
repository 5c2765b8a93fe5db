import type { QuestionGroup } from './question';

export const PAGE: QuestionGroup = {
  title: 'This page',
  questions: [
    {
      id: 'page-marks',
      ask: 'What do the marks and colours of the tokens mean?',
      also: [
        'What do the colours mean?',
        'Why are some words underlined?',
        'Why is a token struck through or crossed out?',
        'What does the double underline mean?',
        'Why are some words small, grey, raised or in bold?',
        'What do the symbols in the output mean?',
        'Is there a legend?',
      ],
      words:
        'color colors colour coloured green red gray orange lines underline underlines underlined twice strike strikes strikethrough crossed dotted caret italic legend key reading read highlighted highlight words text sign symbols',
      answer:
        'One line under a token: accepted, the draft’s token was kept. A strike: rejected by the target. A dotted strike: discarded, drafted after a rejection and never judged. A caret under it: corrected, the target’s own token, in its place. Two lines under it: the bonus. Colours only repeat what the marks say. In Watch, “What the marks mean” shows them all, and pointing at a token shows its probabilities.',
      ...{ lesson: 'one-round', section: 'What just happened' },
    },
    {
      id: 'page-real',
      ask: 'Do the models really run here, or is it a recording?',
      also: [
        'Is this page live or faked?',
        'Is it real or a simulation?',
        'Are these real models running in my browser?',
        'Is what I see an animation or a real run?',
        'Do the models run on my machine or on a server?',
        'Where are the models running?',
      ],
      words:
        'live fake faked recorded recording recordings replay simulated simulation demo genuine staged pretend canned cloud webgpu video locally local',
      answer:
        'Both, and the page says which. What you start with Run is decoded by two real models in your browser, on WebGPU, or on the CPU if the browser has no WebGPU. The run that you see first, and those under Recordings, are recorded runs of the same models; they are labelled as recordings and name the machine.',
      ...{ lesson: null, section: null },
    },
    {
      id: 'page-private',
      ask: 'Does my text leave this machine?',
      also: [
        'Is my prompt sent to a server?',
        'Is my text private?',
        'Who can see what I type?',
        'Do you collect, track or upload my data?',
        'Does this page use cookies or tracking?',
      ],
      words:
        'private privacy secret confidential cloud internet send sent upload uploaded transmit collected tracking analytics cookies gdpr data typed type local server online third',
      answer:
        'Nothing that you type is sent anywhere: the models run in your browser, and the page’s server only delivers files. A published model, which you agree to download in Models, comes from its hub. A link from Share holds the whole run, prompt included, in the link itself, so anyone who gets the link can read it. Nothing goes to a server.',
      ...{ lesson: null, section: null },
    },
    {
      id: 'page-stored',
      ask: 'What does this page store, and how do I delete it?',
      also: [
        'Where is my progress saved?',
        'Where are my runs and settings kept?',
        'Is my history stored?',
        'How do I delete or clear my data, my history or my progress?',
        'How do I take my progress along to another computer?',
        'How much disk space does this page take?',
      ],
      words:
        'stored storage store save saved keep kept delete clear erase remove reset progress history settings scores notes disk space browser data megabytes remembered forget lost',
      answer:
        'It stores your settings, the runs in History, and what you read, wrote and scored in Learn, in this browser and nowhere else. It also stores the page and its models for use offline. Clear history empties the runs, Offline and storage deletes models, and Save progress as a file takes the course along. To clear everything, delete the site’s data in the browser.',
      ...{ lesson: null, section: null },
    },
    {
      id: 'page-models',
      ask: 'Which models run in this page?',
      also: [
        'Which models are these?',
        'How big are the models in this page?',
        'What were these models trained on?',
        'Why do the models in this page write nonsense?',
        'What can these models write?',
        'What are the good and the weak draft in this page?',
        'Can I load another model into this page?',
      ],
      words:
        'embedded pair page own here parameters million target good weak draft name size trained kinds stories json nonsense gibberish silly card llama qwen load download megabytes',
      answer:
        'A pair made for this page: a target of 5.8 million parameters, and a good and a weak draft of 0.8 million each, trained from nothing. They write short stories, JSON records, small functions, counts, copies with a change, and answers about speculative decoding, and know little else. The weak draft is there to show what disagreement costs. The boxes under Models in Watch show each one and its size. The view Models has others that people know, such as Llama, Qwen and SmolLM2, to download, and opens model files of your own.',
      ...{ lesson: null, section: null },
    },
    {
      id: 'page-own-prompt',
      ask: 'How do I run my own prompt?',
      also: [
        'Where can I type my own text?',
        'How do I start a run?',
        'How do I try it myself?',
        'How do I ask the models something?',
        'Which prompts can I try here?',
        'How do I change the settings, the draft or the temperature of a run?',
      ],
      words: 'own prompt type enter write input field box run start try begin button press example examples sentence play settings watch',
      answer:
        'In Watch, type into the field Prompt, or choose one of the Examples below it, and press Run (Ctrl+Enter). The settings are there too: the draft, the number of draft tokens γ, the temperature and the seed. The pair is good at what the examples show; of a prompt unlike anything that it was trained on the page tells you so before it runs.',
      ...{ lesson: null, section: null },
    },
    {
      id: 'page-offline',
      ask: 'Does this page work offline?',
      also: [
        'Can I use this page without internet or a network?',
        'Can I install it as an app?',
        'Does it need a connection?',
        'Does it work offline?',
        'How do I update this page?',
      ],
      words:
        'offline internet network connection wifi plane flight install installed app online airplane download update version disconnected',
      answer:
        'After one visit it does: lessons, recorded runs, and both drafts with their target are stored in the browser, and the page says so once everything is there. Offline, next to the models, lists what is stored. To have it as an app, use the browser’s own Install. A newer version takes over when you press Update now or at a later visit.',
      ...{ lesson: null, section: null },
    },
    {
      id: 'page-slow',
      ask: 'Why is this page slow on my machine?',
      also: [
        'Why is it so slow on my computer?',
        'Why do the models take long to load here?',
        'Why is speculation slower than plain decoding in this page?',
        'Does this page need a graphics card or WebGPU?',
        'Which browser does this page need?',
        'Why is there no speedup in this page?',
      ],
      words:
        'page here slow slowly sluggish lags computer machine device loading load stuck hang webgpu browser chrome firefox safari edge graphics card',
      answer:
        'Without WebGPU the models run on the CPU, and the page says so; a current Chrome, Edge, Safari or Firefox on a machine with a graphics chip is much faster. The first run also loads 12 MB and measures this device. These models are so small that speculation may not pay here: Measure shows what each part of a round costs on this device, and says whether and why.',
      ...{ lesson: 'when-not', section: 'Can it lose here?', figure: 'pays' },
    },
    {
      id: 'page-pace',
      ask: 'How do I stop, slow down or step through a run?',
      also: [
        'How do I stop it?',
        'How do I stop a run?',
        'It is too fast to see, can I slow it down?',
        'Can I go step by step or replay a run?',
        'How do I pause it?',
        'Which keyboard shortcuts are there?',
      ],
      words: 'stop abort cancel end escape pause halt run pace slower replay again step keys keyboard shortcut shortcuts tenth watch speed',
      answer:
        'Stop (Esc) ends a run at any moment, and what was written stays. Step goes through a run one stage at a time with the arrow keys. A run that was too fast to see is shown again at a tenth of its pace; the keys < and > choose another. The key ? shows all keyboard shortcuts.',
      ...{ lesson: null, section: null },
    },
    {
      id: 'page-share',
      ask: 'How do I share or export a run?',
      also: [
        'How do I send a run to someone?',
        'How do I save a run as a file?',
        'Can I get a link to my run?',
        'Can I embed it into my slides or a website?',
        'How do I export the figures as CSV, JSON, SVG or PNG?',
        'How do I download the results?',
        'Can I use this page in a lecture or in class?',
      ],
      words:
        'share sharing send link url export exporting exported save download file csv json svg png table picture image chart embed slide slides presentation document website colleague friend lecture class teach students present print',
      answer:
        'Share makes a link that holds the whole run and opens on any machine without loading models; a run too long for a link is saved as a file, which opens by dropping it on the page. Share also copies an embed code for slides and documents. Experiment exports its worksheet as CSV and JSON and its figures as SVG and PNG. Present holds a playlist for a lecture.',
      ...{ lesson: null, section: null },
    },
  ],
};
