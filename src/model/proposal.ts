import type { RowData } from './matches.js'
import type { Model } from './model.js'
import type { Predicate } from './predicate.js'
import type { ValuesOf } from './rule.js'

/** What a rule may know where it proposes values without looking at other rows. */
export interface ProposalContext {
  /** The instant at which the row is written. */
  readonly now: Date
  /** The entity as its traits make it. */
  readonly model: Model
  /** Narrows a condition to the rows the static default scopes show. */
  readonly visible: (where: Predicate) => Predicate
}

/** Rows that must not be there. */
export interface Absence {
  /** A table of the trait's own, by the name it has in `tables`; without one, the table of the entity. */
  readonly companion?: string
  /** Which rows; those that locked scopes keep apart are never meant. It looks into no JSON, and at no relation. */
  readonly where: Predicate
}

/**
 * Values for a row that comes into sight, and what must be true of other rows when they are written. Where it is not, nothing is
 * written, and the rule is asked the ordinary way.
 */
export interface Proposal<R = RowData> {
  readonly values: ValuesOf<R>
  readonly unless: readonly Absence[]
  /** What is proposed instead, for a row that is new, where it is certain that the first values are taken. */
  readonly numbered?: NumberedProposal<R>
}

/** Values that are made with the next number of a counter. */
export interface NumberedProposal<R = RowData> {
  /** The counter, by a key made with `counterKey`. */
  readonly counter: string
  /** Rows of which one must be there, because of which the first values are taken. */
  readonly taken: Absence
  /** What is proposed with a number; undefined where the rule has to look. The number is used up, whatever becomes of it. */
  proposed(number: number): Omit<Proposal<R>, 'numbered'> | undefined
}
