import type { Question } from './foresight.js'
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
  /** The properties of its primary key. */
  readonly keys: readonly string[]
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
 * Values for a row that comes into sight or goes out of it, and what must be true of other rows when they are written. Where it is
 * not, nothing is written, and the rule is asked the ordinary way.
 */
export interface Proposal<R = RowData> {
  readonly values: ValuesOf<R>
  readonly unless: readonly Absence[]
  /** More values, which depend on other rows of the entity. */
  readonly asking?: AskingProposal<R>
  /** What is proposed instead, for a row that is new, where it is certain that the first values are taken. */
  readonly numbered?: NumberedProposal<R>
}

/** Values that are made of answers to questions, which must have the same answers when the row is written. */
export interface AskingProposal<R = RowData> {
  /** They are answered together, and may be about answers to others of them; not about the row, which is known. */
  readonly questions: readonly Question[]
  /**
   * What is proposed by the answers, in the order of the questions, null where no row meets the condition; undefined where the rule
   * has to look at other rows.
   */
  proposed(answers: readonly unknown[]): ValuesOf<R> | undefined
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
