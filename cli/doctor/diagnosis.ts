import type { Finding, SchemaError } from 'plinth'

/** What was found in a database. */
export interface Diagnosis {
  readonly schema: SchemaError | undefined
  /** Undefined where the rows were not looked at. */
  readonly findings: readonly Finding[] | undefined
}

/** A diagnosis for people: what the database lacks, with the statements, then the rows. */
export function textOf({ schema, findings }: Diagnosis): string {
  const rows = findings?.map(rowsText) ?? [
    'The rows were not looked at, because the module starts its data source itself.',
  ]
  const parts = [...(schema ? [schemaText(schema)] : ['The schema is what the models need.']), ...rows]
  if (findings?.length === 0) parts.push('No stored row breaks what the models promise.')
  return `${parts.join('\n\n')}\n`
}

function schemaText(schema: SchemaError): string {
  const count = schema.mistakes.length
  const statements = schema.statements.map((statement) => `  ${statement};`)
  const all =
    statements.length > 0 ? ['', '', 'All statements, in the order in which they must run:', ...statements] : []
  return `The database lacks ${count === 1 ? 'something' : `${count} things`} that the models need.\n\n${schema.message}${all.join('\n')}`
}

function rowsText({ entity, problem, count, ids, places, remedy }: Finding): string {
  const named = ids.map((id) => (typeof id === 'string' ? id : JSON.stringify(id))).join(', ')
  const lines = [`${count} ${entity} ${problem}: ${named}${count > ids.length ? ', …' : ''}`]
  return [...lines, ...places.map((place) => `  ${place}`), remedy].join('\n')
}

/** A diagnosis for programs. */
export function jsonOf({ schema, findings }: Diagnosis): object {
  return {
    schema: schema?.mistakes ?? [],
    statements: schema?.statements ?? [],
    rows: findings ?? null,
  }
}
