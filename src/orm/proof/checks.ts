import { TableCheck } from 'typeorm'
import type { CheckMetadata } from 'typeorm/metadata/CheckMetadata.js'
import type { Ddl } from './ddl.js'
import { remedyOf, type SchemaMistake } from './schema-error.js'
import { contributorOf, placesOf, type TableProof } from './table-proof.js'

/** The checks a table lacks, whatever they are called. */
export async function proveChecks(proof: TableProof, ddl: Ddl): Promise<readonly SchemaMistake[]> {
  const { checks, metadata, reported, table } = proof
  if (!checks) return []
  const mistakes: SchemaMistake[] = []
  for (const check of metadata.checks) {
    const wanted = reported.get(check.expression)
    // What the engine cannot report is not compared.
    if (wanted === undefined || checks.includes(wanted)) continue
    const namesake = table.checks.find(({ name }) => name === check.name)
    const statements = await ddl.record(async (runner) => {
      if (namesake) await runner.dropCheckConstraint(table, namesake)
      await runner.createCheckConstraint(table, TableCheck.create(check))
    })
    mistakes.push({
      code: 'E_SCHEMA_CHECK',
      subject: metadata.name,
      problem: `the table "${metadata.tablePath}" has no check that ${excerpt(check.expression)}.`,
      places: placesOf(contributorOf(proof.dataSource, metadata, propertyOf(proof, check) ?? '')),
      remedy: remedyOf(statements),
      statements,
    })
  }
  return mistakes
}

/** The property that a check is about, where it is one. */
function propertyOf({ metadata, dataSource }: TableProof, { expression }: CheckMetadata): string | undefined {
  const named = metadata.columns.filter(({ databaseName }) =>
    expression.includes(dataSource.driver.escape(databaseName)),
  )
  return named.length === 1 ? named[0]!.propertyName : undefined
}

const longest = 80

/** The statements that follow say the rest. */
const excerpt = (expression: string): string =>
  expression.length > longest ? `${expression.slice(0, longest)}…` : expression
