import { AssertionError } from 'node:assert'
import { AsyncLocalStorage } from 'node:async_hooks'
import type { ModelDataSource, Statement } from 'plinth'

/** How many statements some work may send: exactly, or at most. */
export type ExpectedQueries = number | { readonly atMost: number }

const counting = new AsyncLocalStorage<Set<object>>()

/**
 * Runs work and counts the statements it sends through a data source; gives what the work gave. Statements of other
 * work that runs meanwhile do not count, nor do those that begin and end transactions.
 * @throws {AssertionError} with every statement, when there are more or fewer than expected.
 */
export async function expectQueries<T>(
  dataSource: ModelDataSource,
  work: () => T | Promise<T>,
  expected: ExpectedQueries,
): Promise<T> {
  const statements: Statement[] = []
  const count = {}
  const stop = dataSource.onStatement((statement) => {
    if (counting.getStore()?.has(count) && !isControl(statement)) statements.push(statement)
  })
  try {
    const result = await counting.run(new Set([...(counting.getStore() ?? []), count]), async () => work())
    if (!isExpected(statements.length, expected)) throw failure(statements, expected)
    return result
  } finally {
    stop()
  }
}

const control = /^\s*(?:BEGIN|START TRANSACTION|SET (?:SESSION )?TRANSACTION|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b/i

const isControl = ({ sql }: Statement): boolean => control.test(sql)

function isExpected(count: number, expected: ExpectedQueries): boolean {
  return typeof expected === 'number' ? count === expected : count <= expected.atMost
}

function failure(statements: readonly Statement[], expected: ExpectedQueries): AssertionError {
  const wanted = typeof expected === 'number' ? String(expected) : `at most ${expected.atMost}`
  const lines = statements.map(({ sql, parameters }, index) => {
    return `  ${index + 1}. ${sql.replace(/\s+/g, ' ').trim()}${parameters.length > 0 ? ` -- ${shown(parameters)}` : ''}`
  })
  return new AssertionError({
    message: [`Expected ${wanted} statements, and ${statements.length} were sent:`, ...lines].join('\n'),
    actual: statements.length,
    expected: typeof expected === 'number' ? expected : expected.atMost,
    operator: 'expectQueries',
  })
}

function shown(parameters: readonly unknown[]): string {
  return parameters
    .map((value) => (typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? String(value))))
    .join(', ')
}
