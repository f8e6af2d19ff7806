import { DefinitionError, type Mistake } from '../../errors/definition-error.js'

/** One thing the models need that the database does not have. */
export interface SchemaMistake extends Mistake {
  /** The statements that put it right, for the engine of the data source, in the order in which they must run. */
  readonly statements: readonly string[]
}

/** Everything the models of a data source need that its database does not have. */
export class SchemaError extends DefinitionError {
  declare readonly mistakes: readonly SchemaMistake[]

  /** The statements of every mistake, in the order in which they must run. */
  get statements(): readonly string[] {
    return this.mistakes.flatMap(({ statements }) => statements)
  }
}

/** How a remedy says which statements to run. */
export function remedyOf(statements: readonly string[]): string {
  return ['Run, or write as a migration:', ...statements.map((statement) => `  ${statement};`)].join('\n')
}
