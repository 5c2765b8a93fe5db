"""The pair's architecture in PyTorch. Parameter names are those of a checkpoint."""
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from pair import Shape


class Layer(nn.Module):
    """Pre-norm attention (rotary, grouped-query, causal) and SwiGLU. qkv rows: query heads, key heads, value heads; gate_up rows: gate, up."""

    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        width, scale, deep = (shape.heads + 2 * shape.kv_heads) * shape.head_dim, shape.hidden**-0.5, (2 * shape.layers) ** -0.5
        self.qkv = nn.Parameter(torch.randn(width, shape.hidden) * scale)
        self.o = nn.Parameter(torch.randn(shape.hidden, shape.heads * shape.head_dim) * scale * deep)
        self.gate_up = nn.Parameter(torch.randn(2 * shape.feed_forward, shape.hidden) * scale)
        self.down = nn.Parameter(torch.randn(shape.hidden, shape.feed_forward) * shape.feed_forward**-0.5 * deep)
        self.n1 = nn.Parameter(torch.ones(shape.hidden))
        self.n2 = nn.Parameter(torch.ones(shape.hidden))

    def forward(self, x, cos, sin, mask, cache):
        """x [batch, time, hidden] -> same. mask: None for causal; cache: None or a dict of the keys and values so far, extended here."""
        s = self.shape
        batch, time, _ = x.shape
        qkv = F.linear(F.rms_norm(x, (s.hidden,), self.n1, s.norm_epsilon), self.qkv)
        q, k, v = qkv.view(batch, time, -1, s.head_dim).transpose(1, 2).split((s.heads, s.kv_heads, s.kv_heads), dim=1)
        q, k = rotate(q, cos, sin), rotate(k, cos, sin)
        if cache is not None:
            if "k" in cache:
                k, v = torch.cat((cache["k"], k), dim=2), torch.cat((cache["v"], v), dim=2)
            cache["k"], cache["v"] = k, v
        repeat = s.heads // s.kv_heads
        k, v = k.repeat_interleave(repeat, dim=1), v.repeat_interleave(repeat, dim=1)
        a = attend(q, k, v) if mask is None else F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
        x = x + F.linear(a.transpose(1, 2).reshape(batch, time, -1), self.o)
        gate, up = F.linear(F.rms_norm(x, (s.hidden,), self.n2, s.norm_epsilon), self.gate_up).chunk(2, dim=-1)
        return x + F.linear(F.silu(gate) * up, self.down)


def rotate(x, cos, sin):
    """Rotary embedding (Su et al. 2021) of the pairs (d, d + D/2)."""
    a, b = x.chunk(2, dim=-1)
    return torch.cat((a * cos - b * sin, b * cos + a * sin), dim=-1).to(x.dtype)


def attend(q, k, v):
    """Causal attention of rows that start at 0, written out: on a CPU the compiled form of this is faster in training than the library's."""
    time = q.shape[2]
    scores = (q @ k.transpose(-1, -2)).float() * q.shape[-1] ** -0.5
    future = torch.ones(time, time, dtype=torch.bool, device=q.device).triu(1)
    return torch.softmax(scores.masked_fill(future, float("-inf")), -1).to(v.dtype) @ v


class Network(nn.Module):
    def __init__(self, shape: Shape):
        super().__init__()
        self.shape = shape
        self.emb = nn.Parameter(torch.randn(shape.vocabulary, shape.hidden) * 0.5)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.norm = nn.Parameter(torch.ones(shape.hidden))
        self.head = nn.Parameter(torch.randn(shape.vocabulary, shape.hidden) * shape.hidden**-0.5 * 0.2)
        angle = torch.outer(torch.arange(shape.context), shape.rope_theta ** (-torch.arange(0, shape.head_dim, 2) / shape.head_dim))
        self.register_buffer("cos", angle.cos(), persistent=False)
        self.register_buffer("sin", angle.sin(), persistent=False)

    def hidden_states(self, ids, positions=None, mask=None, caches=None):
        """ids [batch, time] -> normalised states [batch, time, hidden]; positions [batch, time] when rows do not start at 0."""
        x = F.embedding(ids, self.emb)
        if positions is None:
            cos, sin = self.cos[:ids.shape[1]], self.sin[:ids.shape[1]]
        else:
            cos, sin = self.cos[positions].unsqueeze(1), self.sin[positions].unsqueeze(1)
        for i, layer in enumerate(self.layers):
            x = layer(x, cos, sin, mask, None if caches is None else caches[i])
        return F.rms_norm(x, (self.shape.hidden,), self.norm, self.shape.norm_epsilon)

    def forward(self, ids, **at):
        """ids [batch, time] -> logits [batch, time, vocabulary]."""
        return F.linear(self.hidden_states(ids, **at), self.head)


def to_arrays(state: dict[str, torch.Tensor]) -> dict[str, np.ndarray]:
    """A checkpoint's parameters, float32."""
    return {name: value.float().numpy() for name, value in state.items()}


def from_arrays(shape: Shape, arrays: dict[str, np.ndarray]) -> Network:
    """A network with these parameters, to be evaluated."""
    network = Network(shape)
    network.load_state_dict({name: torch.from_numpy(array) for name, array in arrays.items()})
    return network.eval()
