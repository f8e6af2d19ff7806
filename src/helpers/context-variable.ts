import { ContextSlot } from './context-slot.js'

type Values = Map<ContextVariable<unknown>, unknown>

const present = new ContextSlot<Values>()

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
