import type { Known } from '../helpers/exact-options.js'
import { FactKind } from '../metadata/fact-kind.js'
import { placeOfCall } from '../metadata/place.js'
import type { Columns } from './column.js'
import type { ClassOf, Inputs, Trait, TraitFact, Views } from './trait.js'
import type { Accepts, FilledIn, Holds, Needs, TraitTypes } from './trait-types.js'

/** What decorators of traits wrote about classes. */
export const traitFacts = new FactKind<TraitFact>('traits')

/** A class decorator made from a trait. Forgetting a property of the trait does not compile. */
export interface TraitDecorator<
  O extends object,
  C extends Columns,
  I extends Inputs,
  V,
  W extends Views,
  N extends string,
  R extends object,
  A extends string = '',
  T extends string = never,
> {
  <const P extends Partial<O> = {}>(
    options?: P & Known<P, O>,
  ): <K extends ClassOf<Needs<C, P, R>>>(
    target: K & Accepts<InstanceType<K>, C & FilledIn<P, R>> & Holds<InstanceType<K>, P, R>,
  ) => void
  readonly trait: Trait
  readonly types: TraitTypes<C, I, V, W, N, A, T>
}

/**
 * Turns a trait into the decorator applications write above entity classes.
 * The traits that come with plinth are made with this same function.
 */
export function defineTrait<
  O extends object,
  C extends Columns = {},
  I extends Inputs = {},
  V = {},
  W extends Views = {},
  const N extends string = string,
  R extends object = {},
  const A extends string = '',
  G extends Columns = {},
  const T extends string = never,
>(trait: Trait<O, C, I, V, W, N, R, A, G, T>): TraitDecorator<O, C & G, I, V, W, N, R, A, T> {
  const decorator = (options: Partial<O> = {}) => {
    const fact: TraitFact = {
      trait,
      options: Object.freeze({ ...trait.defaults, ...options }),
      place: placeOfCall(decorator),
    }
    return (target: ClassOf<object>): void => traitFacts.write(target, fact)
  }
  return Object.assign(decorator, { trait }) as unknown as TraitDecorator<O, C & G, I, V, W, N, R, A, T>
}

/**
 * Says which options name properties of the class: `refers<{ from: string }>()`; and which the class must have where an
 * option is `true`: `refers<{ by: { deletedBy: string | null } }>()`. `Filled<Date | null>` as the type of a property that the
 * trait writes wants one that accepts all of it. `Holding<'equals'>` as the type of a property wants it to be
 * one that can hold what the option `equals` says.
 */
export function refers<R extends object>(): R {
  return {} as R
}
