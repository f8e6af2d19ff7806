import type { ValueKind } from '../../../model/entity-description.js'
import { caseVariants } from '../case-variants.js'

/** Which text a column is asked to have, and where in it. */
export interface TextTest {
  readonly at: 'anywhere' | 'start' | 'whole'
  readonly text: string
  readonly ignoresCase: boolean
}

/** Binds a value to a statement, and gives the SQL that stands for it. */
export type BindText = (value: string | number) => string

/** What differs between engines when lists are read. */
export interface ListEngine {
  /**
   * Whether a range of rows in an order is found by comparing rows, `(a, b) > (1, 2)`, with the help of an index.
   */
  readonly comparesRows: boolean
  /** What orders the values of a column, and is compared. The column itself, but for kinds that engines order differently. */
  ordered(column: string, kind: ValueKind): string
  /** Sorts nulls behind the values, or in front of them. */
  order(expression: string, direction: 'ASC' | 'DESC', nulls: 'FIRST' | 'LAST'): readonly OrderTerm[]
  /** A value of a column as text, or a number, from which the same value is made again. */
  exact(column: string, kind: ValueKind): string
  /** What was read by `exact`, or a value of input, as it is compared with the column. */
  operand(bound: string, kind: ValueKind): string
  /** Whether a text is found in a column, as SQL. It tells apart what differs in any code point, but for case. */
  matches(column: string, test: TextTest, bind: BindText): string
  /** The plan of a query as statements give it: `EXPLAIN …`; undefined where plans tell no number of rows. */
  readonly explain?: string
  /** How many rows a plan expects, by the values of its first row. */
  readonly expectedRows?: (plan: readonly unknown[]) => number | undefined
}

/** What stands in ORDER BY. */
export interface OrderTerm {
  readonly expression: string
  readonly direction: 'ASC' | 'DESC'
  readonly nulls?: 'NULLS FIRST' | 'NULLS LAST'
}

/** One order term with the standard's words for nulls. */
export function standardOrder(
  expression: string,
  direction: 'ASC' | 'DESC',
  nulls: 'FIRST' | 'LAST',
): readonly OrderTerm[] {
  return [{ expression, direction, nulls: `NULLS ${nulls}` }]
}

/** The pattern of LIKE that finds a text as it is written, with `!` as the escape. */
export function likePattern({ text, at }: TextTest): string {
  const escaped = text.replace(/[!%_]/g, '!$&')
  return `${at === 'anywhere' ? '%' : ''}${escaped}${at === 'whole' ? '' : '%'}`
}

/** The regular expression that finds a text whatever its case, in the syntax that PostgreSQL and PCRE share. */
export function regularExpression({ text, at }: TextTest, end: string): string {
  const escaped = Array.from(text, (character) => {
    const variants = caseVariants(character)
    if (variants.length > 1) return `[${variants.join('')}]`
    return /[!-/:-@[-`{-~]/.test(character) ? `\\${character}` : character
  })
  return `${at === 'anywhere' ? '' : '^'}${escaped.join('')}${at === 'whole' ? end : ''}`
}
