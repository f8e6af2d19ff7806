import type { ValueKind } from '../../../model/entity-description.js'
import { dialectOf } from '../../dialects/engines.js'
import { type ListEngine, likePattern, type OrderTerm, regularExpression } from './list-engine.js'

/** MariaDB, and MySQL. */
export function mysqlFamily(type: 'mariadb' | 'mysql'): ListEngine {
  const exactText = (text: string): string => dialectOf(type).exactText?.(text, 'equality') ?? text
  return {
    // No index is used for `(a, b) > (1, 2)`.
    comparesRows: false,
    // Enums are ordered by their numbers, but compared with text as text.
    ordered: (column, { kind }) => (kind === 'enum' ? exactText(column) : column),
    order: (expression, direction, nulls): readonly OrderTerm[] => [
      { expression: `${expression} IS NULL`, direction: nulls === 'LAST' ? 'ASC' : 'DESC' },
      { expression, direction },
    ],
    // As text a number of single precision would lose digits.
    exact: (column, { kind }) => (kind === 'number' ? `(${column} + 0e0)` : `CAST(${column} AS CHAR)`),
    operand,
    matches: (column, test, bind) => {
      const exact = exactText(column)
      if (test.ignoresCase) return `${exact} RLIKE ${bind(regularExpression(test, '\\z'))}`
      const pattern = bind(likePattern(test))
      const found = `${exact} LIKE ${pattern} ESCAPE '!'`
      // Only a plain comparison can use an index of the column, so it stands beside the exact one.
      return test.at === 'start' ? `(${column} LIKE ${pattern} ESCAPE '!' AND ${found})` : found
    },
    explain: 'EXPLAIN EXTENDED',
    expectedRows: (plan) => {
      // MySQL has a column more, but in front of these.
      const [rows, filtered] = plan.slice(-3).map(Number)
      return Math.round(((rows ?? 0) * (filtered ?? 100)) / 100)
    },
  }
}

/** Text beside a number would be compared as a number of double precision, and lose digits. */
function operand(bound: string, kind: ValueKind): string {
  switch (kind.kind) {
    case 'decimal':
      return `CAST(${bound} AS DECIMAL(${kind.precision}, ${kind.scale}))`
    case 'bigint':
      return `CAST(${bound} AS ${kind.min < 0n ? 'SIGNED' : 'UNSIGNED'})`
    default:
      return bound
  }
}
