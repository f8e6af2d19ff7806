import { AssertionError } from 'node:assert'
import { operationMethods, requireKnownBy } from 'plinth'
import type { Described } from '../openapi/check-responses.js'
import { propertyLibrary } from '../property-library.js'
import { FuzzClient } from './fuzz-client.js'
import { type FuzzOptions, type FuzzReport, fuzzOptions } from './fuzz-options.js'
import { FuzzSession } from './fuzz-session.js'
import { Hostile } from './hostile.js'
import { type FuzzedOperation, type FuzzedRequest, requestsOf } from './requests.js'

const nobody = { name: 'nobody', headers: {} }

/**
 * Sends requests to every operation of an application that are made of its OpenAPI document: valid ones, such as are wrong
 * in one part, and hostile ones. It finds that
 *
 * - a request is answered 500 or more, or not at all;
 * - an answer is not as the document says;
 * - a request that was refused, in whole or in each of its parts, or that only reads, changed a row;
 * - a request was accepted that the document does not allow.
 *
 * @throws {AssertionError} with the smallest request that was found for each operation, and the seed.
 */
export async function fuzzRoutes(application: Described, options: FuzzOptions): Promise<FuzzReport> {
  requireKnownBy(fuzzRoutes, options, fuzzOptions)
  const fc = await propertyLibrary('fuzzRoutes')
  const { users = [nobody], runs = 50, texts = [], prepare, only = () => true } = options
  const seed = options.seed ?? Math.floor(Math.random() * 2 ** 31)
  const client = new FuzzClient(application)
  const session = new FuzzSession(fc, application.openapi(), options.dataSource, client)
  const makings = {
    fc,
    users,
    values: session.values,
    memory: session.memory,
    kinship: session.kinship,
    hostile: new Hostile(fc, texts),
  }
  const failures: string[] = []
  const targets = operationsOf(application).filter(({ operation }) => only(operation.operationId))
  await client.open()
  try {
    for (const [index, target] of targets.entries()) {
      await prepare?.()
      await session.look()
      const property = fc.asyncProperty(requestsOf(target, makings), (request) => session.ask(request, target))
      const found = await fc.check(property, { numRuns: runs, seed: seed + index })
      if (found.failed) failures.push(failureOf(target, found))
    }
  } finally {
    await client.close()
  }
  if (failures.length === 0) return session.reportOf(targets.map(({ operation }) => operation.operationId))
  const message = [`${failures.length} operations do not do as they should (seed: ${seed}):`, ...failures].join('\n')
  throw new AssertionError({ message, actual: failures.length, expected: 0, operator: 'fuzzRoutes' })
}

function operationsOf(application: Described): readonly FuzzedOperation[] {
  return Object.entries(application.openapi().paths).flatMap(([path, item]) =>
    operationMethods.flatMap((method) => {
      const operation = item[method]
      return operation ? [{ path, method: method.toUpperCase(), operation }] : []
    }),
  )
}

interface Found {
  readonly counterexample: readonly [FuzzedRequest] | null
  readonly errorInstance?: unknown
}

function failureOf({ operation }: FuzzedOperation, { counterexample, errorInstance }: Found): string {
  const { user, method, target, headers, body } = counterexample?.[0] ?? {}
  const request = [
    `    ${method} ${target} by ${user}`,
    `    ${JSON.stringify(headers)}`,
    ...(body === undefined ? [] : [`    ${body.slice(0, 500)}`]),
  ]
  const problem = errorInstance instanceof Error ? errorInstance.message : String(errorInstance)
  return [`  ${operation.operationId}`, ...request, `    ${problem}`].join('\n')
}
