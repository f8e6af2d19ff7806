/** A value, or a promise of it. */
export type Awaitable<T> = T | Promise<T>

/** Whether something can be waited for, whoever made it. */
export const isThenable = (made: unknown): made is PromiseLike<unknown> =>
  typeof made === 'object' && made !== null && typeof (made as { readonly then?: unknown }).then === 'function'

/**
 * What code of an application made, as a value or a promise of ours: a query that is sent when somebody waits for it, and a
 * promise of another realm, count as promises too.
 */
export function adopted<T>(made: Awaitable<T>): Awaitable<T> {
  return made instanceof Promise || !isThenable(made) ? made : Promise.resolve(made)
}

/** Ends something when work has ended, however it did; at once where the work is done at once. */
export function endingWith<T>(work: () => Awaitable<T>, end: () => void): Awaitable<T> {
  let running: Awaitable<T>
  try {
    running = work()
  } catch (error) {
    end()
    throw error
  }
  if (!(running instanceof Promise)) {
    end()
    return running
  }
  return running.then(
    (value) => {
      end()
      return value
    },
    (error: unknown) => {
      end()
      throw error
    },
  )
}

/** The same as a promise, whatever the work makes or throws. */
export function promised<T>(work: () => Awaitable<T>): Promise<T> {
  try {
    return Promise.resolve(work())
  } catch (error) {
    return Promise.reject(error)
  }
}

/** Continues at once where the value is there already, so that what is synchronous costs no promise. */
export function andThen<T, R>(value: Awaitable<T>, next: (value: T) => Awaitable<R>): Awaitable<R> {
  return value instanceof Promise ? value.then(next) : next(value)
}

/** All values, in their order; a promise only where one of them is one. */
export function allOf<T>(values: readonly Awaitable<T>[]): Awaitable<readonly T[]> {
  return values.some((value) => value instanceof Promise) ? Promise.all(values) : (values as readonly T[])
}

/** Does something with each item, one after another; no promise is made where none of them makes one. */
export function inTurn<T, R>(
  items: readonly T[],
  work: (item: T) => Awaitable<R>,
  done: R[] = [],
): Awaitable<readonly R[]> {
  while (done.length < items.length) {
    const result = work(items[done.length]!)
    if (result instanceof Promise) {
      return result.then((value) => {
        done.push(value)
        return inTurn(items, work, done)
      })
    }
    done.push(result)
  }
  return done
}

/** What work makes; `failed` is called with what it throws, at once or later, and throws something itself. */
export function caught<T>(work: () => Awaitable<T>, failed: (error: unknown) => never): Awaitable<T> {
  let running: Awaitable<T>
  try {
    running = work()
  } catch (error) {
    return failed(error)
  }
  return running instanceof Promise ? running.catch(failed) : running
}
