"""SmolLM2-135M-Instruct as the page runs it: its weights out of the folder that `npm run models -- smollm2` writes, dequantised, and how it is asked."""
import pathlib

import numpy as np
from tokenizers import Tokenizer

import pair
from library import grouped, layout
from network import Network, from_arrays

SHAPE = pair.Shape(576, 1536, 30, 9, 3, 64, vocabulary=49152, context=2048, rope_theta=100000.0)
SHAPE_NAME = "smollm2-135m"
FOLDER = pathlib.Path(__file__).parent.parent / "public/models-smollm2/smollm2/resolve/main"
# <|im_end|> ends a turn, and <|endoftext|> all text.
END, STOPS = 2, (0, 2)
SYSTEM = "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n"
USER, ASSISTANT = "<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n"


def tokenizer(folder: pathlib.Path = FOLDER) -> Tokenizer:
    return Tokenizer.from_file(str(folder / "tokenizer.json"))


def arrays(folder: pathlib.Path = FOLDER) -> dict[str, np.ndarray]:
    """The model's parameters as network.Network names them, float32."""
    kept = {name: words.view(np.float32) if words.ndim == 1 and words.size == SHAPE.hidden else grouped.unpack(words).weights().T for name, words in layout.read(folder).items()}
    state = {"emb": kept["emb"], "head": kept["emb"], "norm": kept["norm"]}
    for i in range(SHAPE.layers):
        at = f"layers.{i}."
        state |= {at + name: kept[at + name] for name in ("o", "down", "n1", "n2")}
        state[at + "qkv"] = kept[at + "qkv"][np.argsort(layout.rotary_columns(SHAPE))]
        state[at + "gate_up"] = kept[at + "gu"][np.argsort(layout.gate_up_columns(SHAPE))]
    return {name: np.array(array, order="C") for name, array in state.items()}


def load(folder: pathlib.Path = FOLDER) -> Network:
    """The target, float32, not to be trained."""
    network = from_arrays(SHAPE, arrays(folder)).requires_grad_(False)
    network.head = network.emb
    return network
