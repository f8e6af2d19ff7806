import type { AnyClass } from '../metadata/fact-kind.js'
import type { Check } from './check.js'
import type { Columns } from './column.js'
import type { Law } from './law.js'
import type { Lookup } from './lookup.js'
import type { RowData } from './matches.js'
import type { Model } from './model.js'
import type { RowOf, Rules } from './rule.js'
import type { Index, Ordering, Scope, View, ViewMaker } from './scope.js'
import type { Verb } from './verb.js'

/** What the verbs of a trait must be given, by verb and by name, as columns. */
export type Inputs = Readonly<Record<string, Columns>>
/** The verbs of a trait by name, each with the input that `I` declares for it. */
export type Verbs<V, I, R = RowData> = { readonly [K in keyof V]: Verb<K extends keyof I ? I[K] : unknown, R, V[K]> }
/** The views of a trait by name: each as it is, or made of what it is given. */
export type Views = Readonly<Record<string, View | ViewMaker>>

/**
 * What a class decorator gives an entity: a name, some defaults, and functions from options to data. Every part is
 * optional. `columns` stands first because the types of the parts below it come from there.
 */
export interface Trait<
  O extends object = object,
  C extends Columns = Columns,
  I extends Inputs = Inputs,
  V = Readonly<Record<string, unknown>>,
  W extends Views = Views,
  N extends string = string,
  R extends object = object,
  A extends string = string,
  G extends Columns = Columns,
  T extends string = string,
> {
  readonly name: N
  /** What each option is where a class does not say it: names every option there is, `undefined` where it has none. */
  readonly defaults: O & { readonly [K in keyof O]-?: unknown }
  /**
   * What a class has the trait as, where it has it several times: part of its identity, and of the names of its verbs,
   * views, scopes and tables (`moveUp` as `featured` is `moveUpFeatured`). A letter, then letters, digits or `_`.
   */
  readonly as?: A
  /** Text made of options that tells applications on one class apart, e.g. the property they fill. */
  key?(options: O): string
  /**
   * Made with `refers`: which options name properties of the class, and of what type those must be; or which need
   * properties where they are `true`.
   */
  readonly refers?: R
  /** Traits the class must have too. */
  readonly requires?: readonly string[]
  /** Traits whose rules run before this one's, where the class has them. */
  readonly after?: readonly string[]
  columns?(options: O): C
  /** Columns whose names are not known where the trait is written, made with `named`. Rows in rules have them untyped. */
  namedColumns?(options: O): G
  indexes?(options: O): readonly Index[]
  scopes?(options: O): Readonly<Record<string, Scope>>
  views?(options: O): W
  /** The order of rows where a query asks for none; the primary key is added to it as a tie-break. */
  ordering?(options: O): readonly Ordering[]
  rules?(options: O): Rules<RowOf<NoInfer<C>>>
  /** Tables the trait keeps beside the entity's own, by name: part of the schema, reached by rules alone. */
  tables?(options: O): Readonly<Record<string, Columns>>
  /** What verbs must be given, by the name of the verb: typed, validated and documented. */
  inputs?(options: O): I
  verbs?(options: O): Verbs<V, I, RowOf<NoInfer<C>>>
  /** How rows are found by the text of a property, by its name: for routes whose viewset looks rows up by it. */
  lookups?(options: O): Readonly<Record<string, Lookup>>
  /**
   * What its rules tell besides writes (`announce`): what listens to the entity hears of it once it is committed.
   */
  readonly announces?: readonly T[]
  /** The codes of what its rules and verbs refuse, each with its status: for documents. */
  refusals?(options: O): Readonly<Record<string, number>>
  /** What is promised of every stored row beyond what the schema holds; `doctor` looks for rows that break it. */
  checks?(options: O): readonly Check[]
  /** What is promised of all rows together; `checkBehaviours` looks for writes that break it. */
  laws?(options: O): readonly Law[]
  /** Looks at the compiled model and says, in a sentence, what is wrong with it; undefined when nothing is. */
  verify?(model: Model, options: O): string | undefined
}

/** What one decorator said about one class. Written once, never changed. */
export interface TraitFact {
  readonly trait: Trait
  readonly options: object
  readonly place: string
}

/** A class with these properties. */
export type ClassOf<T> = AnyClass<T & object>
