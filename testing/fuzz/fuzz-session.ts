import type { ModelDataSource, OpenApiDocument } from 'plinth'
import { type AnswerChecker, answerChecker } from '../openapi/check-answer.js'
import { DocumentSchemas } from '../openapi/document-schemas.js'
import type { PropertyLibrary } from '../property-library.js'
import { Acceptance } from './acceptance.js'
import { AskedParameters } from './asked-parameters.js'
import type { FuzzClient, FuzzedAnswer } from './fuzz-client.js'
import type { FuzzReport } from './fuzz-options.js'
import { Kinship } from './kinship.js'
import { Memory } from './memory.js'
import { baseOf, type FuzzedOperation, type FuzzedRequest } from './requests.js'
import { SchemaValues } from './schema-values.js'
import { type DatabaseContents, databaseContents, differences } from './table-contents.js'

/** Sends requests one after another, and looks at what becomes of each. */
export class FuzzSession {
  readonly memory = new Memory()
  readonly values: SchemaValues
  readonly kinship: Kinship
  readonly #client: FuzzClient
  readonly #dataSource: ModelDataSource
  readonly #check: AnswerChecker
  readonly #acceptance: Acceptance
  readonly #primary: ReadonlySet<string>
  readonly #answers: Record<string, Record<number, number>> = {}
  readonly #asked = new AskedParameters()
  #contents: DatabaseContents = []
  #requests = 0

  constructor(fc: PropertyLibrary, document: OpenApiDocument, dataSource: ModelDataSource, client: FuzzClient) {
    const schemas = new DocumentSchemas(document)
    const fits = (schema: object, value: unknown): boolean => schemas.problems(schema, value).length === 0
    this.values = new SchemaValues(fc, document, this.memory, fits)
    this.#client = client
    this.#dataSource = dataSource
    this.#check = answerChecker(document)
    this.#acceptance = new Acceptance(document, schemas)
    this.#primary = new Set(
      dataSource.entityMetadatas.flatMap(({ tablePath, primaryColumns }) =>
        primaryColumns.map(({ propertyName }) => `${tablePath} ${propertyName}`),
      ),
    )
    this.kinship = new Kinship(dataSource, this.#primary)
  }

  /** What was sent to operations and answered. */
  reportOf(operationIds: readonly string[]): FuzzReport {
    const hasSucceeded = (id: string): boolean =>
      Object.keys(this.#answers[id] ?? {}).some((status) => Number(status) < 400)
    const neverSucceeded = operationIds.filter((id) => !hasSucceeded(id))
    const neverSucceededWith = this.#asked.neverSucceeded(operationIds.filter(hasSucceeded))
    return { requests: this.#requests, answers: this.#answers, neverSucceeded, neverSucceededWith }
  }

  /** Reads what is stored; what changed since is nobody's fault. */
  async look(): Promise<void> {
    this.#contents = await databaseContents(this.#dataSource)
    this.memory.store(this.#contents, this.#primary)
    this.kinship.store(this.#contents)
  }

  /** @throws {Error} that says all that is wrong with what became of a request. */
  async ask(request: FuzzedRequest, target: FuzzedOperation): Promise<void> {
    const { operation, method } = target
    const before = this.#contents
    const answer = await this.#client.ask(request)
    if (answer.status < 400) this.#learn(request, target)
    await this.look()
    this.memory.hear(answer.headers, answer.body)
    this.#requests++
    if (request.method === method) {
      this.#count(operation.operationId, answer.status)
      this.#asked.note(operation, request.target, answer.status < 400)
    }
    const wrong = [
      ...(answer.status >= 500 ? ['it is no fault of a caller'] : []),
      ...this.#check({ ...request, ...answer }),
      ...(isAccepted(answer) && !isManifold(answer) ? this.#acceptance.problems(request) : []),
      ...(isAccepted(answer) && !isRead(request) && !isIdle(answer) ? [] : differences(before, this.#contents)),
    ]
    if (wrong.length > 0) throw new Error(`${answer.status} ${answer.body.slice(0, 500)}\n    ${wrong.join('\n    ')}`)
  }

  /** Learns which rows are found where. */
  #learn({ target }: FuzzedRequest, operation: FuzzedOperation): void {
    const base = baseOf(operation)
    const [key = ''] = target.slice(base.length).split(/[/?]/)
    if (base !== operation.path && target.startsWith(base)) this.memory.found(base, decodeURIComponent(key))
    const [parent, child] = valuesIn(operation.path, target).slice(-2)
    if (parent !== undefined && child !== undefined) this.kinship.found(operation.path, parent, child)
  }

  #count(operation: string, status: number): void {
    const counts = (this.#answers[operation] ??= {})
    counts[status] = (counts[status] ?? 0) + 1
  }
}

/** The values that the parameters of a path have in an address; none where it is no such address. */
function valuesIn(path: string, target: string): readonly string[] {
  const [, ...found] = new RegExp(`^${path.replace(/\{[^}]+\}/g, '([^/?]+)')}(?:\\?|$)`).exec(target) ?? []
  return found.map((value) => decodeURIComponent(value))
}

const isRead = ({ method }: FuzzedRequest): boolean => ['GET', 'HEAD', 'OPTIONS'].includes(method)
/** Whether it answers part by part: each may have been refused. */
const isManifold = ({ status }: FuzzedAnswer): boolean => status === 207

/** Whether it answers part by part that every part was refused. */
function isIdle(answer: FuzzedAnswer): boolean {
  if (!isManifold(answer)) return false
  const { summary } = JSON.parse(answer.body) as { readonly summary?: { readonly succeeded?: number } }
  return summary?.succeeded === 0
}

const isAccepted = ({ status }: FuzzedAnswer): boolean => status < 300
