import { Mistakes } from '../../errors/definition-error.js'
import { serializerSchemas } from '../../serializer/serializer-schemas.js'
import type { ActionModel } from '../action-model.js'
import type { ActionDescription, DescribedScene, ProblemDescription } from '../description/action-description.js'
import type { PlannedAction, ViewSetPlan } from '../emission/planned-action.js'
import { methodsOf, nameOf } from '../emission/verify-routes.js'
import { ExampleBook } from '../examples/example-book.js'
import type { PipelineHost } from '../host.js'
import { describeLimits } from '../limiting/describe-limits.js'
import { compileModelOf } from '../pipeline/compiled-model.js'
import { resourceFacts } from '../resource-fact.js'
import { joinPrefix } from '../route.js'
import { Components } from './components.js'
import { describeAction, together } from './describe-action.js'
import { isAnswerUnknown } from './describe-answers.js'
import { describeNative } from './describe-native.js'
import {
  type OpenApiDocument,
  type OpenApiOptions,
  type Operation,
  operationMethods,
  type PathItem,
} from './openapi-document.js'
import { OperationIds, titleOf, wordsOf } from './operation-id.js'
import { operationOf } from './operation-of.js'
import { addProblemSchemas } from './problem-schema.js'
import { SchemaNames } from './schema-names.js'
import { securityOf, securitySchemesOf } from './security.js'
import { standardProblems } from './standard-problems.js'

/** An action as it runs: what was planned, the class it was planned for, and its model in this application. */
export interface RunningAction {
  readonly planned: PlannedAction
  readonly plan: ViewSetPlan
  readonly model: ActionModel
}

/** What a document is made of. */
export interface ApplicationParts {
  readonly actions: readonly RunningAction[]
  readonly host: PipelineHost
  readonly prefix: string
  readonly options: OpenApiOptions
}

/** A document, and what it could not say. */
export interface ApplicationDescription {
  readonly document: OpenApiDocument
  /** In sentences, each about one action. */
  readonly warnings: readonly string[]
}

/**
 * Describes an application. The same application has the same document, byte for byte, in whatever order its viewsets are
 * given. Mistakes are added to `mistakes`.
 */
export function describeApplication(parts: ApplicationParts, mistakes: Mistakes): ApplicationDescription {
  const { options, prefix } = parts
  const { title, version, description, servers } = options
  const writer = new OperationWriter(parts, mistakes)
  const operations = parts.actions.toSorted(byRoute).flatMap((action) =>
    methodsOf(action.planned).map((method) => ({
      path: joinPrefix(prefix, action.model.route).replace(/:([A-Za-z_]\w*)/g, '{$1}'),
      method: method.toLowerCase(),
      operation: writer.operation(action, method.toLowerCase()),
    })),
  )
  return {
    document: {
      openapi: '3.1.0',
      info: { title, version, ...(description !== undefined && { description }) },
      ...(servers && { servers }),
      tags: [...new Set(operations.flatMap(({ operation }) => operation.tags))].toSorted().map((name) => ({ name })),
      paths: pathsOf(operations),
      components: {
        schemas: writer.components.schemas,
        responses: writer.components.responses,
        examples: writer.components.examples,
        securitySchemes: securitySchemesOf(options),
      },
    },
    warnings: writer.warnings,
  }
}

const byRoute = (a: RunningAction, b: RunningAction): number => (keyOf(a) < keyOf(b) ? -1 : 1)
const keyOf = ({ model, planned }: RunningAction): string => `${model.route} ${planned.type}`

interface Placed {
  readonly path: string
  readonly method: string
  readonly operation: Operation
}

function pathsOf(operations: readonly Placed[]): OpenApiDocument['paths'] {
  const paths = new Map<string, Placed[]>()
  for (const placed of operations) paths.set(placed.path, [...(paths.get(placed.path) ?? []), placed])
  const item = (placed: readonly Placed[]): PathItem =>
    Object.fromEntries(
      operationMethods.flatMap((method) =>
        placed.filter((one) => one.method === method).map(({ operation }) => [method, operation]),
      ),
    )
  return Object.fromEntries([...paths].map(([path, placed]) => [path, item(placed)]))
}

class OperationWriter {
  readonly components: Components
  readonly warnings: string[] = []
  readonly #parts: ApplicationParts
  readonly #ids: OperationIds
  readonly #book: ExampleBook
  readonly #schemas: SchemaNames

  constructor(parts: ApplicationParts, mistakes: Mistakes) {
    this.#parts = parts
    this.components = new Components(parts.host.naming, parts.host.problemStyle)
    this.#ids = new OperationIds(mistakes)
    this.#book = new ExampleBook(mistakes)
    this.#schemas = new SchemaNames(this.components)
    addProblemSchemas(this.components)
  }

  operation(action: RunningAction, method: string): Operation {
    const { planned, plan, model } = action
    const { options, host } = this.#parts
    const scene = planned.native ? { action: model, naming: host.naming } : this.#scene(model)
    const own = planned.native
      ? together([describeNative(planned, plan), describeLimits(scene) ?? {}])
      : describeAction(scene)
    if (model.examples) this.#verify(model, own)
    const openEnded = planned.native || isAnswerUnknown(model)
    if (openEnded) this.#warn(model, planned.native)
    const problems: readonly ProblemDescription[] = [
      // Routing-controllers lets an action answer with any status in a way of its own.
      ...(planned.native ? [] : standardProblems(scene, host)),
      ...Object.entries(options.problems ?? {}).map(([code, status]) => ({ code, status })),
    ]
    const head = {
      operationId: this.#idOf(action, method),
      tags: [tagOf(plan)],
      summary: titleOf(model.name),
      description: `Allowed: ${model.permission.name}.`,
      security: securityOf(model.permission, options, host.authenticate !== undefined),
      openEnded,
    }
    const { validationStatus: status } = host.problemStyle
    const said = together([own, { problems }])
    const stated = said.problems?.map((problem) =>
      problem === 'VALIDATION_ERROR' ? ({ code: problem, status } as const) : problem,
    )
    return operationOf(head, { ...said, ...(stated && { problems: stated }) }, this.components)
  }

  #verify(action: ActionModel, { body, answers: [answer] = [] }: ActionDescription): void {
    const { examples: { body: bodies = {}, answers = {} } = {}, place } = action
    const at = { subject: nameOf(action), place }
    if (body) this.#book.verify(body.examples ?? bodies, body.schema, 'examples.body', at)
    this.#book.verify(answers, answer?.schema ?? { not: {} }, 'examples.answers', at)
  }

  #idOf({ planned, plan, model }: RunningAction, method: string): string {
    const { path } = resourceFacts.own(plan.viewSet)[0] ?? { path: model.route }
    const several = plan.actions.filter((other) => other.model.name === model.name).length > 1
    const many = several || methodsOf(planned).length > 1
    return this.#take(`${wordsOf(path)}_${model.name}${many ? `_${method}` : ''}`, model)
  }

  #take(id: string, model: ActionModel): string {
    return this.#ids.take(id, model)
  }

  #warn(model: ActionModel, native: boolean): void {
    const remedy = native ? 'an action of plinth can say it with `answers`' : 'say it with `answers` in its @Action'
    const place = model.place === '' ? '' : ` (${model.place})`
    this.warnings.push(`${nameOf(model)} does not say what it answers; ${remedy}${place}.`)
  }

  #scene(action: ActionModel): DescribedScene {
    const { host } = this.#parts
    const { naming } = host
    const model = compileModelOf(action, host, new Mistakes())
    if (!model) return { action, naming }
    const schemas = serializerSchemas(model.serializer, action.name)
    this.#schemas.name(model.serializer, schemas, action.name)
    const examples = this.#book.of(action, model.serializer, serializerSchemas(model.serializer))
    return { action, naming, model, schemas, ...(examples && { examples }) }
  }
}

function tagOf({ viewSet }: ViewSetPlan): string {
  return viewSet.name.replace(/(ViewSet|Controller)$/, '') || viewSet.name
}
