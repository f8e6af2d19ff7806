import { caseVariants } from '../case-variants.js'
import { type ListEngine, standardOrder, type TextTest } from './list-engine.js'

/** SQLite: text is compared by code points, and GLOB minds case, which LIKE does not. */
export const sqlite: ListEngine = {
  comparesRows: true,
  ordered: (column) => column,
  order: standardOrder,
  // As text a real number would lose digits; as a number a whole one might.
  exact: (column) => `CASE typeof(${column}) WHEN 'real' THEN ${column} ELSE CAST(${column} AS TEXT) END`,
  operand: (bound) => bound,
  matches: (column, test, bind) => `${column} GLOB ${bind(globPattern(test))}`,
}

function globPattern({ text, at, ignoresCase }: TextTest): string {
  const escaped = Array.from(text, (character) => {
    const variants = ignoresCase ? caseVariants(character) : [character]
    return variants.length > 1 || '*?['.includes(character) ? `[${variants.join('')}]` : character
  })
  return `${at === 'anywhere' ? '*' : ''}${escaped.join('')}${at === 'whole' ? '' : '*'}`
}
