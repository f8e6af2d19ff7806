import { ContextSlot } from './context-slot.js'

type Values = Map<ContextVariable<unknown>, unknown>

const present = new ContextSlot<Values>()

type Heard = (variable: ContextVariable<unknown>) => void

const hearing = new ContextSlot<Heard>()

// Most processes never listen, and a read need not look for who does then.
let listeners = 0

/**
 * A value that belongs to the running request or task, such as the tenant or the acting user. It follows
 * asynchronous calls and is never seen by another request.
 */
export class ContextVariable<T> {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }

  /** The present value, or undefined where none is set. */
  get(): T | undefined {
    if (listeners > 0) hearing.get()?.(this)
    return this.peek()
  }

  /** The same for what no answer depends on, such as a line of a log: answers that are cached take no notice of it. */
  peek(): T | undefined {
    return present.get()?.get(this) as T | undefined
  }

  /** Runs `work` with this value; what runs outside is not affected. */
  run<R>(value: T, work: () => R): R {
    const values: Values = new Map(present.get())
    values.set(this, value)
    return present.run(values, work)
  }

  /**
   * Sets the value for the rest of the running context.
   * @throws {Error} outside of `runInContext` and `run`, where the value would leak into other work.
   */
  set(value: T): void {
    const values = present.get()
    if (!values) throw new Error(`"${this.name}" can be set only inside runInContext() or run().`)
    values.set(this, value)
  }
}

/** Makes a context variable. */
export function contextVariable<T>(name: string): ContextVariable<T> {
  return new ContextVariable<T>(name)
}

/** Runs `work` in a context of its own, which starts with the values of the present one. */
export function runInContext<R>(work: () => R): R {
  return present.run(new Map(present.get()), work)
}

/** Runs `work`, and tells `heard` of each variable that is read by `get` in it, or in what it calls. */
export async function hearReads<R>(heard: Heard, work: () => R | Promise<R>): Promise<R> {
  listeners += 1
  try {
    return await hearing.run(heard, work)
  } finally {
    listeners -= 1
  }
}
