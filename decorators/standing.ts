import type { AnyClass } from 'plinth'

/** What a decorator stands above: a class, or a member of one by its name. */
export interface Standing {
  readonly owner: AnyClass
  readonly name?: string
}

/** Tells what a decorator of classes and of their members was called with. */
export function standing(target: object, key: string | undefined): Standing {
  return key === undefined ? { owner: target as AnyClass } : { owner: target.constructor as AnyClass, name: key }
}
