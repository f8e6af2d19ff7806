import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Cache } from '../cache/cache.js'
import { Mistakes } from '../errors/definition-error.js'
import { requireKnown } from '../helpers/known-options.js'
import type { NameStyle } from '../helpers/naming.js'
import { whenAsked } from '../helpers/when-asked.js'
import type { Logger } from '../logging/logger.js'
import { placeOfCall } from '../metadata/place.js'
import type { RateLimiter } from '../rate-limit/rate-limiter.js'
import { type LimitedClass, verifyReachedBefore } from '../rate-limit/verify-reached-before.js'
import type { Constructor } from './action-model.js'
import type { Answers } from './answers.js'
import { httpApplicationOptions, requireInnerOptions } from './application-options.js'
import { classesAmong, interceptorOf } from './class-middleware.js'
import { composeActions } from './compose-actions.js'
import type { HttpDriver, Middleware, Next } from './driver.js'
import { BuiltActions } from './emission/build-actions.js'
import type { Binding } from './emission/emit.js'
import { planViewSet } from './emission/plan-viewset.js'
import type { ViewSetPlan } from './emission/planned-action.js'
import { verifyPrefix, verifyRoutes } from './emission/verify-routes.js'
import type { PipelineHost } from './host.js'
import { HttpHost } from './http-host.js'
import type { Instances } from './instances.js'
import { verifySharedNames } from './limiting/verify-names.js'
import type { RequestLimits } from './limits.js'
import { verifyCursorKeys } from './lists/verify-cursors.js'
import type { Measurements } from './measurements/measurements.js'
import { NodeDriver } from './node-driver.js'
import { Documentation } from './openapi/documentation.js'
import type { OpenApiDocument } from './openapi/openapi-document.js'
import { Operations, type OperationsOptions } from './operations.js'
import { answersOf, pipelineHostOf } from './pipeline-host.js'
import type { ProblemStyle } from './problem/problem.js'
import { RequestLife } from './request-life.js'
import { type RouteDescription, routesOf } from './route-description.js'
import type { Authenticate } from './user-provider.js'
import { warnOfNobody } from './warn-of-nobody.js'

/** What an application has where it is not told. */
type HostDefaults = 'authenticate' | 'limits' | 'logger' | 'naming' | 'problemStyle' | 'cache' | 'rateLimiter'

/** How one application answers HTTP. */
export interface HttpApplicationOptions extends Omit<PipelineHost, HostDefaults>, OperationsOptions {
  readonly viewSets: readonly Constructor[]
  /** A NodeDriver unless told. */
  readonly driver?: HttpDriver
  /** Stands before every path, e.g. `/api/v1`. */
  readonly prefix?: `/${string}`
  /** Run in this order before every route. */
  readonly middleware?: readonly Middleware[]
  /** Hears of every failure that callers are told nothing of; writes to standard output unless told. */
  readonly logger?: Logger
  readonly limits?: Partial<RequestLimits>
  /** In the memory of this process unless told. It hears of the writes of the data source. */
  readonly cache?: Cache
  /** Who makes the request; asked once per request. */
  readonly authenticate?: Authenticate
  /** Counts in the memory of this process unless told. */
  readonly rateLimiter?: RateLimiter
  readonly problems?: Partial<ProblemStyle>
  /**
   * How names are spelt in everything that is said and heard: fields, query parameters, bodies, pages, problems and the
   * document. `asDeclared` unless told.
   */
  readonly names?: NameStyle
  /** What was found wrong before; everything is thrown together. */
  readonly mistakes?: Mistakes
}

/** An application that answers HTTP. */
export interface HttpApplication {
  /** Answers a request: a listener of node:http, or a connect middleware. */
  readonly handler: (request: IncomingMessage, response: ServerResponse, next?: Next) => void
  /** Every route, in the order in which they are tried. */
  readonly routes: readonly RouteDescription[]
  /**
   * Describes the application by OpenAPI 3.1.
   * @throws {DefinitionError} `E_OPERATION_ID` where two actions would have one name.
   */
  openapi(): OpenApiDocument
  /** What the document cannot say, in sentences. */
  openapiWarnings(): readonly string[]
  /** How many requests are being answered. */
  readonly active: number
  /** What is measured, as it is now. */
  readonly measurements: Measurements
  /** Says that the application is about to end: from now on it is not ready, and every answer closes its connection. */
  withdraw(): void
  /** Answers what never became a request, as malformed HTTP: a listener for `clientError` of a server. */
  readonly clientError: (error: Error, socket: Duplex) => void
  /** Does what `withdraw` does. Settles when no request is being answered any more. */
  drain(): Promise<void>
}

/**
 * Makes an application of viewsets. It shares nothing with other applications of the process, whatever viewsets they
 * have in common.
 * @throws {DefinitionError} with everything that is wrong with the declarations.
 */
export function createHttpApplication(options: HttpApplicationOptions): HttpApplication {
  const optioned = { subject: 'The application', places: [placeOfCall(createHttpApplication)] }
  requireKnown(options, httpApplicationOptions, optioned)
  requireInnerOptions(options, optioned)
  const { driver = new NodeDriver(), instances, mistakes = new Mistakes(), middleware = [] } = options
  const pipelineHost = pipelineHostOf(options, mistakes)
  const prefix = (options.prefix ?? '').replace(/\/+$/, '')
  const documentation = new Documentation(options.openapi, prefix, mistakes)
  const operations = new Operations(options, pipelineHost, mistakes)
  const viewSets = [...classesIn(options.viewSets, mistakes), ...documentation.viewSets, ...operations.viewSets]
  const plans = viewSets.map((viewSet) => planViewSet(viewSet, mistakes))
  verifyPrefix(prefix, mistakes)
  verifyCursorKeys(pipelineHost.cursorKeys ?? [], mistakes)
  verifyRoutes(plans, mistakes)
  verifySharedNames(viewSets, mistakes)
  verifyReachedBefore(plans.map(limitedIn), mistakes)
  instances.verify(classesOf(plans), mistakes)
  const composed = composeActions(plans, pipelineHost, mistakes)
  mistakes.throwIfAny()
  warnOfNobody(plans, pipelineHost)
  const told = plans.filter(({ viewSet }) => !operations.isUndocumented(viewSet))
  documentation.describe({ plans: told, composed, host: pipelineHost, prefix }, mistakes)
  mistakes.throwIfAny()

  const actions = new BuiltActions()
  const life = new RequestLife(instances)
  const answers: Answers = answersOf(pipelineHost, (path) => host.methodsOf(path))
  operations.begin(answers, life)
  const host = new HttpHost({ ...pipelineHost, actions, answers, composed, life, operations, prefix })
  driver.attach(host)
  for (const one of middleware) driver.use(one)
  actions.build(plans, bindingOf(instances), driver, mistakes)
  mistakes.throwIfAny()
  const forget = following(pipelineHost)
  return applicationOf(driver, {
    answers,
    life,
    routes: whenAsked(() => routesOf(composed, prefix)),
    documentation,
    operations,
    forget,
  })
}

const limitedIn = ({ viewSet, actions }: ViewSetPlan): LimitedClass => ({
  target: viewSet,
  methods: actions.map(({ model }) => model.name),
})

/** Lets the cache hear of what is written, until the function that is returned is called. */
function following({ cache, dataSource }: PipelineHost): () => void {
  if (!dataSource) return () => {}
  const entities = dataSource.registry.models.map(({ entity }) => entity)
  return cache.follow(dataSource, entities)
}

function classesIn(viewSets: readonly Constructor[], mistakes: Mistakes): readonly Constructor[] {
  for (const [index, given] of viewSets.entries()) {
    if (typeof given === 'function') continue
    mistakes.add({
      code: 'E_VIEWSET',
      subject: `viewSets[${index}]`,
      problem: `it is ${given === undefined ? 'undefined' : typeof given}, not a class.`,
      places: [],
      remedy: 'Give the class itself; where it is undefined, look for modules that import each other.',
    })
  }
  return [...new Set(viewSets.filter((given) => typeof given === 'function'))]
}

/** Everything of an application that the container has to be able to make. */
function classesOf(plans: readonly ViewSetPlan[]): readonly Constructor[] {
  const members = plans
    .flatMap((plan) => [plan, ...plan.actions])
    .flatMap(({ uses, interceptors }) => [
      ...uses.map(({ middleware }) => middleware),
      ...interceptors.map(({ interceptor }) => interceptor),
    ])
  return [...new Set([...plans.map(({ viewSet }) => viewSet), ...classesAmong(members)])]
}

function bindingOf(instances: Instances): Binding {
  return {
    invoke: ({ model: { viewSet, name } }, action, parameters) => {
      const instance = instances.get(viewSet, action.request as object)
      return (instance as Record<string, (...passed: readonly unknown[]) => unknown>)[name]?.(...parameters)
    },
    interceptor: (entry) => interceptorOf(entry, instances),
  }
}

interface Running {
  readonly answers: Answers
  readonly life: RequestLife
  readonly routes: () => readonly RouteDescription[]
  readonly documentation: Documentation
  readonly operations: Operations
  /** Ends what lasts as long as requests are answered. */
  readonly forget: () => void
}

function applicationOf(driver: HttpDriver, running: Running): HttpApplication {
  const { answers, life, routes, documentation, operations, forget } = running
  const withdraw = (): void => {
    operations.withdraw()
    answers.closing = true
  }
  return {
    handler: (request, response, next) => driver.handler(request, response, next),
    get routes() {
      return routes()
    },
    openapi: () => documentation.description.document,
    openapiWarnings: () => documentation.description.warnings,
    get active() {
      return life.active
    },
    get measurements() {
      return operations.measurements
    },
    withdraw,
    clientError: (error, socket) => {
      if (life.isBusy(socket)) socket.destroy()
      else answers.refuseClient(error, socket)
    },
    async drain() {
      withdraw()
      await life.idle()
      operations.end()
      forget()
    },
  }
}
