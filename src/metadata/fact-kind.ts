import 'reflect-metadata'

/** Any class, abstract or not: what a class decorator is given. */
export type AnyClass<T = object> = abstract new (...args: never[]) => T

/** What was said of one class in a chain of them. */
export interface FactLevel<F> {
  readonly target: AnyClass
  readonly facts: readonly F[]
}

/**
 * One kind of fact that decorators write about classes, e.g. the traits of an entity or the actions of a viewset.
 * Facts are frozen, belong to the class that was decorated and are never inherited by being copied: `chain` reads them
 * along the prototype chain, so a subclass cannot leak into its base.
 */
export class FactKind<F extends object> {
  readonly #key: symbol

  constructor(name: string) {
    this.#key = Symbol.for(`plinth:${name}`)
  }

  /** Adds one fact to the class itself. */
  write(target: AnyClass, fact: F): void {
    const facts = Object.freeze([...this.own(target), Object.freeze(fact)])
    Reflect.defineMetadata(this.#key, facts, target)
  }

  /** The facts of the class itself, in the order they were written. */
  own(target: AnyClass): readonly F[] {
    return (Reflect.getOwnMetadata(this.#key, target) as readonly F[] | undefined) ?? []
  }

  /** The facts of the class and its ancestors: one entry a class that has any, base class first. */
  chain(target: AnyClass): readonly FactLevel<F>[] {
    const found: FactLevel<F>[] = []
    for (let current: unknown = target; isClass(current); current = Object.getPrototypeOf(current)) {
      const facts = this.own(current)
      if (facts.length > 0) found.push({ target: current, facts })
    }
    return found.toReversed()
  }
}

/** The class and its ancestors, base class first. */
export function ancestry(target: AnyClass): readonly AnyClass[] {
  const classes: AnyClass[] = []
  for (let current: unknown = target; isClass(current); current = Object.getPrototypeOf(current)) classes.push(current)
  return classes.toReversed()
}

function isClass(value: unknown): value is AnyClass {
  return typeof value === 'function' && value !== Function.prototype
}
