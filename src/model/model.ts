import type { AnyClass } from '../metadata/fact-kind.js'
import type { Application } from './application.js'
import type { Column, Columns } from './column.js'
import type { DeletionFact } from './deletion.js'
import type { Predicate } from './predicate.js'
import type { RelationLookFact } from './relation-look.js'
import type { EnterRule, InsertRule, LeaveRule, LinkedRule, Rule, WrittenRule } from './rule.js'
import type { Index, Ordering, Scope, View, ViewMaker } from './scope.js'
import type { Trait } from './trait.js'
import type { Verb } from './verb.js'

/** Which declaration gave an entity something. */
export interface Contributor extends Application {
  /** Where its decorator stands, as `file:line:column`. */
  readonly place: string
}

/** Something an entity has because a trait contributed it. */
export type Contributed<T> = T & { readonly contributor: Contributor }

type ByName<T> = Readonly<Record<string, Contributed<T>>>

/** A trait as one entity has it: with the options of the nearest declaration. */
export interface AppliedTrait extends Contributor {
  readonly definition: Trait
  readonly options: object
  /** The class that was decorated: the entity or one of its ancestors. */
  readonly declaredOn: AnyClass
}

/** A verb and what it must be given; no columns where it takes no input. */
export interface CompiledVerb extends Verb {
  readonly input: Columns
  /** The verb without what it requires: what is done to a row that is known to be so. */
  readonly unconditional: Verb
}

/** A view; where it depends on what it is given, only what makes it. */
export interface CompiledView extends View {
  readonly make?: ViewMaker
}

/** A table a trait keeps beside the entity's own. */
export interface CompanionTable {
  readonly columns: Columns
}

/** The compiled, frozen description of an entity: everything its traits contributed. */
export interface Model {
  readonly entity: AnyClass
  readonly name: string
  /** In the order in which their rules run. */
  readonly traits: readonly AppliedTrait[]
  readonly columns: ByName<Column>
  readonly indexes: readonly Contributed<Index>[]
  readonly scopes: ByName<Scope>
  readonly views: ByName<CompiledView>
  /** Empty when nothing declares an order. The primary key, as a tie-break, is not part of it. */
  readonly ordering: readonly Contributed<Ordering>[]
  readonly rules: {
    readonly insert: readonly Contributed<InsertRule>[]
    readonly update: readonly Contributed<Rule>[]
    readonly delete: readonly Contributed<Rule>[]
    readonly enter: readonly Contributed<EnterRule>[]
    readonly leave: readonly Contributed<LeaveRule>[]
    readonly written: readonly Contributed<WrittenRule>[]
    readonly linked: readonly Contributed<LinkedRule>[]
  }
  /** By the name the trait gives them. */
  readonly tables: ByName<CompanionTable>
  /** What the default scopes show that depends on the row alone: where it becomes true, a row enters. */
  readonly visible: Predicate
  readonly verbs: ByName<CompiledVerb>
  /** What becomes of rows when the row is deleted that a property refers to, by property. */
  readonly deletions: Readonly<Record<string, DeletionFact>>
  /** What queries make of hidden rows that relations lead to, by property, where it is declared. */
  readonly relationLooks: Readonly<Record<string, RelationLookFact>>
}
