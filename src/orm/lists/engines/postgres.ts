import { type ListEngine, likePattern, regularExpression, standardOrder } from './list-engine.js'

interface Plan {
  readonly Plan?: { readonly 'Plan Rows'?: number }
}

/** PostgreSQL. */
export const postgres: ListEngine = {
  comparesRows: true,
  // Elsewhere enums are ordered as text.
  ordered: (column, { kind }) => (kind === 'enum' ? `CAST(${column} AS text) COLLATE "C"` : column),
  order: standardOrder,
  exact: (column) => `CAST(${column} AS text)`,
  operand: (bound) => bound,
  matches: (column, test, bind) =>
    test.ignoresCase
      ? `${column} ~ ${bind(regularExpression(test, '$'))}`
      : `${column} LIKE ${bind(likePattern(test))} ESCAPE '!'`,
  explain: 'EXPLAIN (FORMAT JSON)',
  expectedRows: ([text]) => {
    const [plan] = JSON.parse(String(text)) as readonly Plan[]
    return plan?.Plan?.['Plan Rows']
  },
}
