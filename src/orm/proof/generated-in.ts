const standard = /'(?:[^']|'')*'|"(?:[^"]|"")*"/g
/** MariaDB and MySQL have names in backticks, and backslashes in texts. */
const backslashed = /'(?:[^'\\]|''|\\.)*'|"(?:[^"\\]|""|\\.)*"|`(?:[^`]|``)*`/gs

/**
 * The generated columns in a statement that makes a table, with their expressions. `quote` surrounds names.
 * What is in quotes is passed over, so that no text is taken for SQL.
 */
export function generatedIn(statement: string, quote: '"' | '`'): ReadonlyMap<string, string> {
  const quotes = quote === '`' ? backslashed : standard
  const found = new Map<string, string>()
  for (const definition of definitionsIn(statement, quotes)) {
    const name = new RegExp(`^${quote}((?:[^${quote}]|${quote}${quote})+)${quote}`).exec(definition)?.[1]
    const start = /\bAS\s*\(/i.exec(blanked(definition, quotes))
    if (name === undefined || start === null) continue
    const inner = definition.slice(start.index + start[0].length)
    found.set(name.replaceAll(quote + quote, quote), plainSql(inner.slice(0, closing(inner, quotes)), quotes))
  }
  return found
}

/** The conditions of the checks in a statement that makes a table of SQLite, of columns and of the table. */
export function checksIn(statement: string): readonly string[] {
  return definitionsIn(statement, standard).flatMap((definition) =>
    [...blanked(definition, standard).matchAll(/\bCHECK\s*\(/gi)].map(({ 0: opening, index }) => {
      const inner = definition.slice(index + opening.length)
      return plainSql(inner.slice(0, closing(inner, standard)))
    }),
  )
}

/** The collations that a statement which makes a table of SQLite gives to columns, in upper case. */
export function collationsIn(statement: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const definition of definitionsIn(statement, standard)) {
    const name = /^"((?:[^"]|"")+)"|^(\w+)/.exec(definition)
    // What stands in parentheses, as an expression or a check, says nothing of the column itself.
    const flat = outsideQuotes(definition, standard, (part) => part).replace(/\((?:[^()]|\([^()]*\))*\)/g, '')
    const collation = /\bCOLLATE\s+"?(\w+)/i.exec(flat)?.[1]
    const column = name?.[1]?.replaceAll('""', '"') ?? name?.[2]
    if (column !== undefined && collation !== undefined) found.set(column, collation.toUpperCase())
  }
  return found
}

/** SQL as it can be compared: without parentheses around all of it, and with single blanks outside of quotes. */
export function plainSql(sql: string, quotes: RegExp = standard): string {
  const text = outsideQuotes(sql, quotes, (part) => part.replace(/\s+/g, ' ')).trim()
  const wrapped = text.startsWith('(') && closing(text.slice(1), quotes) === text.length - 2
  return wrapped ? plainSql(text.slice(1, -1), quotes) : text
}

function outsideQuotes(sql: string, quotes: RegExp, change: (part: string) => string): string {
  const parts: string[] = []
  let from = 0
  for (const { 0: quoted, index } of sql.matchAll(quotes)) {
    parts.push(change(sql.slice(from, index)), quoted)
    from = index + quoted.length
  }
  return [...parts, change(sql.slice(from))].join('')
}

/** The parts between the commas of the outermost parentheses: columns and constraints. */
function definitionsIn(statement: string, quotes: RegExp): readonly string[] {
  const body = statement.slice(blanked(statement, quotes).indexOf('(') + 1)
  const text = `${blanked(body, quotes).slice(0, closing(body, quotes))},`
  const parts: string[] = []
  let [depth, from] = [0, 0]
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '(') depth++
    if (text[index] === ')') depth--
    if (text[index] !== ',' || depth > 0) continue
    parts.push(body.slice(from, index).trim())
    from = index + 1
  }
  return parts
}

/** Where the parenthesis ends that was opened in front of a text. */
function closing(text: string, quotes: RegExp): number {
  const plain = blanked(text, quotes)
  let depth = 1
  for (let index = 0; index < plain.length; index++) {
    if (plain[index] === '(') depth++
    if (plain[index] === ')' && --depth === 0) return index
  }
  return plain.length
}

/** The same text, of the same length, with dots for everything in quotes. */
function blanked(sql: string, quotes: RegExp): string {
  return sql.replace(quotes, ({ length }) => '.'.repeat(length))
}
