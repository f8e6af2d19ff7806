/** What a failed statement was about, read from its SQL. Enough for statements that TypeORM writes. */
export interface Statement {
  readonly verb: 'insert' | 'update' | 'delete'
  readonly table: string
  /** What the statement gives columns, in the order of the text. */
  readonly assignments: readonly Assignment[]
}

export interface Assignment {
  readonly column: string
  /** The bound value; undefined where the statement computes one or leaves it to the default. */
  readonly value: unknown
}

const verbs = { 'insert into': 'insert', update: 'update', 'delete from': 'delete' } as const
const name = '["`]?([\\w$]+)["`]?'
const head = new RegExp(`^\\s*(insert into|update|delete from)\\s+(?:${name}\\.)?${name}`, 'i')

/** Reads a statement; undefined when it is none that writes rows. */
export function readStatement(sql: string, parameters: readonly unknown[]): Statement | undefined {
  const found = head.exec(sql)
  const table = found?.[3]
  if (!found || table === undefined) return undefined
  const verb = verbs[found[1]!.toLowerCase() as keyof typeof verbs]
  const rest = sql.slice(found[0].length)
  if (verb === 'insert') return { verb, table, assignments: insertedIn(rest, parameters) }
  return { verb, table, assignments: verb === 'update' ? updatedIn(rest, parameters) : [] }
}

/** `("a", "b") VALUES ($1, DEFAULT), ($2, $3)` */
function insertedIn(rest: string, parameters: readonly unknown[]): readonly Assignment[] {
  const [columns, ...tuples] = groupsIn(rest)
  if (columns === undefined) return []
  const names = partsOf(columns).map(unquoted)
  const bound = binder(parameters)
  return tuples.flatMap((tuple) =>
    partsOf(tuple).map((expression, index) => ({ column: names[index] ?? '', value: bound(expression) })),
  )
}

/** `SET "a" = $1, "b" = "b" + 1 WHERE …` */
function updatedIn(rest: string, parameters: readonly unknown[]): readonly Assignment[] {
  const [, assignments = ''] = /^\s+set\s+(.*)$/is.exec(rest) ?? []
  const bound = binder(parameters)
  return partsOf(assignments, /\s(?:where|returning)\s/i).map((part) => {
    const [column = '', ...expression] = part.split('=')
    return { column: unquoted(column), value: bound(expression.join('=')) }
  })
}

/** Finds the bound value of an expression: `$2` by number, `?` by counting. */
function binder(parameters: readonly unknown[]): (expression: string) => unknown {
  let next = 0
  return (expression) => {
    const [placeholder, number] = /^\s*(?:\$(\d+)|\?)\s*$/.exec(expression) ?? []
    if (placeholder === undefined) {
      next += expression.split('?').length - 1
      return undefined
    }
    return parameters[number === undefined ? next++ : Number(number) - 1]
  }
}

const unquoted = (identifier: string): string => identifier.trim().replaceAll(/["`]/g, '')

/** The contents of the parentheses at the top level: the columns, then the rows. */
function groupsIn(text: string): readonly string[] {
  const groups: string[] = []
  let start = 0
  for (const { index, depth, character } of structure(text)) {
    if (character === '(' && depth === 0) start = index + 1
    if (character === ')' && depth === 0) groups.push(text.slice(start, index))
  }
  return groups
}

/** The parts of a list, up to a word at the top level that ends it. */
function partsOf(text: string, end?: RegExp): readonly string[] {
  const parts: string[] = []
  let start = 0
  for (const { index, depth, character } of structure(text)) {
    if (character !== ',' || depth > 0) continue
    parts.push(text.slice(start, index))
    start = index + 1
  }
  const last = text.slice(start)
  return [...parts, end ? (last.split(end)[0] ?? last) : last]
}

/** Parentheses and commas outside of quotes, with how deep they stand. */
function* structure(text: string): Generator<{ index: number; depth: number; character: string }> {
  let depth = 0
  for (const { 0: character, index } of text.matchAll(/'(?:[^']|'')*'|"[^"]*"|`[^`]*`|[(),]/g)) {
    if (character === ')') depth -= 1
    if (character.length === 1) yield { index, depth, character }
    if (character === '(') depth += 1
  }
}
