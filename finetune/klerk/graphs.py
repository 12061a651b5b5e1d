"""Passes as CUDA graphs: forward, loss and backward of one shape of batch are recorded once and then replayed.

A pass through so small a model is thousands of short kernels, and starting them one by one takes longer than running
them. Batches come in few shapes (`data.Plan`), each of which gets a graph; all share one pool of memory. What a graph
replays is compiled first, once for all layers and shapes: between the products of matrices a layer only moves memory,
and fewer kernels move less.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from transformers import LlamaForCausalLM

from finetune.klerk import model as klerk
from finetune.klerk.data import Batch


@dataclass(frozen=True)
class Recorded:
    """One shape's graph with the tensors that it reads and writes."""

    graph: Any
    ids: Tensor
    weights: Tensor
    value_loss: Tensor


class Passes:
    """Gives the gradients of a batch (clipped, in `.grad`) and its loss on the answers; records a new shape at once."""

    def __init__(self, model: LlamaForCausalLM) -> None:
        self._model = model
        self._recorded: dict[tuple[int, ...], Recorded] = {}
        self._memory = torch.cuda.graph_pool_handle()
        self._through = torch.compile(klerk.through_layer, dynamic=True, fullgraph=True)
        self._judged = torch.compile(klerk.losses, dynamic=True, fullgraph=True)
        for parameter in model.parameters():
            parameter.grad = torch.zeros_like(parameter)

    def __call__(self, batch: Batch) -> Tensor:
        ids, weights = (torch.from_numpy(part) for part in batch)
        shape = tuple(ids.shape)
        if shape not in self._recorded:
            self._recorded[shape] = self._record(shape)
        one = self._recorded[shape]
        one.ids.copy_(ids.to(torch.int32).pin_memory(), non_blocking=True)
        one.weights.copy_(weights.pin_memory(), non_blocking=True)
        one.graph.replay()
        return one.value_loss

    def _record(self, shape: tuple[int, ...]) -> Recorded:
        ids = torch.full(shape, 5, dtype=torch.int32, device="cuda")
        weights = torch.ones(shape, dtype=torch.float16, device="cuda")
        side: Any = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            self._pass(ids, weights)
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, pool=self._memory):
            value_loss = self._pass(ids, weights)
        return Recorded(graph, ids, weights, value_loss)

    def _pass(self, ids: Tensor, weights: Tensor) -> Tensor:
        grads = [parameter.grad for parameter in self._model.parameters() if parameter.grad is not None]
        torch._foreach_zero_(grads)
        loss, value_loss = klerk.loss_on(
            self._model,
            ids.long(),
            weights.float(),
            device="cuda",
            bf16=True,
            through=self._through,
            judged=self._judged,
        )
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(self._model.parameters(), 1.0)
        return value_loss
