/** A value, or a promise of it. */
export type Awaitable<T> = T | Promise<T>

/** Continues at once where the value is there already, so that what is synchronous costs no promise. */
export function andThen<T, R>(value: Awaitable<T>, next: (value: T) => Awaitable<R>): Awaitable<R> {
  return value instanceof Promise ? value.then(next) : next(value)
}
