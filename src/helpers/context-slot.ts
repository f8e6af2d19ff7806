import { AsyncLocalStorage } from 'node:async_hooks'

/** A value of a slot, and those of other slots around it. */
interface Frame {
  readonly slot: unknown
  readonly value: unknown
  readonly outer: Frame | undefined
}

// One for all slots: until Node 24 each storage that was ever used costs every promise of the process.
const storage = new AsyncLocalStorage<Frame>()

/** A value that follows asynchronous calls: whatever is called by some work, at once or later, sees what the work was given. */
export class ContextSlot<T> {
  /** What the running work was given; undefined outside of it. */
  get(): T | undefined {
    let frame = storage.getStore()
    while (frame && frame.slot !== this) frame = frame.outer
    return frame?.value as T | undefined
  }

  /** Runs `work` with a value; what runs outside is not affected. */
  run<R>(value: T, work: () => R): R {
    return storage.run({ slot: this, value, outer: without(storage.getStore(), this) }, work)
  }
}

/** The frames without that of a slot, which another takes the place of: a chain of calls without end has no more frames than slots. */
function without(frame: Frame | undefined, slot: unknown): Frame | undefined {
  if (!frame) return undefined
  if (frame.slot === slot) return frame.outer
  const outer = without(frame.outer, slot)
  return outer === frame.outer ? frame : { ...frame, outer }
}
