import { ValidationError } from '../errors/exceptions.js'
import { copied } from '../helpers/copied.js'
import type { PropertyName } from '../model/trait-types.js'
import type { ScopedRepository } from '../orm/model-repository.js'

/** Values for some of the stored properties of a row. */
export type ValuesFor<E> = { readonly [K in PropertyName<E>]?: E[K] | undefined }

/** What TypeORM updates rows with. */
type Changes<E extends object> = Parameters<ScopedRepository<E>['update']>[1]

/** Values in a new object, and those of another instead of them. Properties that are undefined were not given. */
export function given<E>(values: ValuesFor<E>, more?: object): Partial<E> {
  const own: Partial<E> = copied(values as Partial<E>, more)
  for (const name in own) if (own[name] === undefined) return definedOf(own)
  return own
}

function definedOf<E>(values: Partial<E>): Partial<E> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<E>
}

/**
 * What is to be written; the primary key may be repeated, but not changed.
 * @throws {ValidationError} `INVALID_ID` where another one is given.
 */
export function changesOf<E extends object>(
  primary: readonly { readonly propertyName: string }[],
  row: Partial<E>,
  values: Partial<E>,
): Changes<E> {
  const names = primary.map(({ propertyName }) => propertyName as keyof E & string)
  const changed = names.filter((name) => name in values && values[name] !== row[name])
  if (changed.length > 0) {
    const errors = changed.map((name) => ({ pointer: `#/${name}`, code: 'immutable', message: 'must not change' }))
    throw new ValidationError('The id of a row never changes.', { errorCode: 'INVALID_ID', errors })
  }
  const others = Object.entries(values).filter(([name]) => !names.includes(name as keyof E & string))
  return Object.fromEntries(others) as Changes<E>
}
