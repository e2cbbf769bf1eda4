/** A binary heap: what is due soonest comes out first, in logarithmic time. */
export type DueQueue<Item> = {
  push(dueAt: number, item: Item): void
  pop(): { dueAt: number; item: Item } | undefined
  nextDueAt(): number
  peek(): Item | undefined
  size(): number
}

export const createDueQueue = <Item>(): DueQueue<Item> => {
  const heap: { dueAt: number; item: Item }[] = []
  const swap = (a: number, b: number) => {
    const held = heap[a]!
    heap[a] = heap[b]!
    heap[b] = held
  }
  const sink = (from: number) => {
    for (let parent = from; ; ) {
      const left = 2 * parent + 1
      const child = left + 1 < heap.length && heap[left + 1]!.dueAt < heap[left]!.dueAt ? left + 1 : left
      if (child >= heap.length || heap[parent]!.dueAt <= heap[child]!.dueAt) return
      swap(parent, child)
      parent = child
    }
  }
  return {
    push(dueAt, item) {
      heap.push({ dueAt, item })
      for (let child = heap.length - 1; child > 0; ) {
        const parent = (child - 1) >> 1
        if (heap[parent]!.dueAt <= heap[child]!.dueAt) return
        swap(parent, child)
        child = parent
      }
    },
    pop() {
      const first = heap[0]
      const last = heap.pop()
      if (heap.length > 0 && last) {
        heap[0] = last
        sink(0)
      }
      return first
    },
    nextDueAt: () => heap[0]?.dueAt ?? Number.POSITIVE_INFINITY,
    peek: () => heap[0]?.item,
    size: () => heap.length,
  }
}
