import type { FieldError } from '../errors/app-exception.js'
import { pointerTo } from '../errors/json-pointer.js'
import { type Awaitable, andThen } from '../helpers/awaitable.js'
import type { AnyClass } from '../metadata/fact-kind.js'
import { below, errorLimit } from './body-errors.js'
import type { MemberType } from './member-type.js'
import { checkTimestamp } from './time-check.js'

/** A value as it was read, or as it was sent where errors say what is wrong with it. */
export interface ValueReading {
  readonly value: unknown
  readonly errors: readonly FieldError[]
}

/** Reads one JSON value. */
export type ValueReader = (value: unknown) => Awaitable<ValueReading>

/**
 * The reader of the values of a type; undefined where they are taken as they were sent, and rules say all there is to say.
 * @param classReader gives the readers of objects.
 */
export function valueReader(type: MemberType, classReader: (target: AnyClass) => ValueReader): ValueReader | undefined {
  if (type.kind === 'date') return readDate
  if (type.kind === 'class') return classReader(type.target)
  const item = type.kind === 'list' ? valueReader(type.of, classReader) : undefined
  return item && ((value) => readItems(item, value))
}

function readDate(value: unknown): ValueReading {
  const checked = checkTimestamp(value)
  return 'value' in checked ? { value: checked.value, errors: [] } : { value, errors: [{ pointer: '#', ...checked }] }
}

function readItems(read: ValueReader, value: unknown): Awaitable<ValueReading> {
  if (!Array.isArray(value)) {
    return { value, errors: [{ pointer: '#', code: 'type', message: 'must be an array' }] }
  }
  const items: unknown[] = []
  const errors: FieldError[] = []
  let waiting: Promise<void>[] | undefined
  for (const [index, given] of value.entries()) {
    // Nobody is told of more; looking for it would cost the more, the longer the list is.
    if (errors.length >= errorLimit) break
    const taken = andThen(read(given), (part): void => {
      items[index] = part.value
      if (part.errors.length > 0) errors.push(...below(pointerTo(String(index)), part.errors))
    })
    if (taken instanceof Promise) (waiting ??= []).push(taken)
  }
  return waiting ? Promise.all(waiting).then(() => ({ value: items, errors })) : { value: items, errors }
}
