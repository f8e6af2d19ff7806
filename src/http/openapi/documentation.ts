import { DefinitionError, Mistakes } from '../../errors/definition-error.js'
import type { Constructor } from '../action-model.js'
import type { ComposedAction } from '../compose-actions.js'
import type { PlannedAction, ViewSetPlan } from '../emission/planned-action.js'
import type { PipelineHost } from '../host.js'
import { type Asset, assetOf } from './asset.js'
import { type ApplicationDescription, describeApplication } from './describe-application.js'
import type { OpenApiDocument, OpenApiOptions } from './openapi-document.js'
import { openApiViewSets, usualPath } from './openapi-viewset.js'
import { viewerOf } from './viewer.js'

/** What of an application is described. */
export interface Documented {
  readonly plans: readonly ViewSetPlan[]
  readonly composed: ReadonlyMap<PlannedAction, ComposedAction>
  readonly host: PipelineHost
  readonly prefix: string
}

const untold: OpenApiOptions = { title: 'API', version: '0.0.0' }

/** The documentation of one application: its document, and the viewsets that serve it where the application asks for that. */
export class Documentation {
  /** What serves the document; nothing where the application does not say that it is served. */
  readonly viewSets: readonly Constructor[]
  readonly #options: OpenApiOptions
  #documented: Documented | undefined
  #description: ApplicationDescription | undefined
  #asset: Asset | undefined

  constructor(options: OpenApiOptions | undefined, prefix: string, mistakes: Mistakes) {
    this.#options = options ?? untold
    const { title, path = usualPath, page } = this.#options
    const viewer =
      page === undefined ? undefined : viewerOf({ title, page: prefix + page, document: prefix + path }, mistakes)
    this.viewSets = options ? openApiViewSets(options, () => this.#text(), viewer) : []
  }

  /** Takes what it is to describe. Where the document is served, it is made at once; what is wrong is added to `mistakes`. */
  describe(documented: Documented, mistakes: Mistakes): void {
    this.#documented = documented
    if (this.viewSets.length > 0) this.#description = this.#made(documented, mistakes)
  }

  /**
   * The description of the application.
   * @throws {DefinitionError} `E_OPERATION_ID` where two actions would have one name.
   */
  get description(): ApplicationDescription {
    if (this.#description) return this.#description
    if (!this.#documented) throw new DefinitionError([])
    const mistakes = new Mistakes()
    const description = this.#made(this.#documented, mistakes)
    mistakes.throwIfAny()
    this.#description = description
    return description
  }

  #made({ plans, composed, host, prefix }: Documented, mistakes: Mistakes): ApplicationDescription {
    const actions = plans
      .filter(({ viewSet }) => !this.viewSets.includes(viewSet))
      .flatMap((plan) =>
        plan.actions.map((planned) => ({ planned, plan, model: composed.get(planned)?.model ?? planned.model })),
      )
    return describeApplication({ actions, host, prefix, options: this.#options }, mistakes)
  }

  #text(): Asset {
    this.#asset ??= assetOf(documentText(this.description.document), 'application/json; charset=utf-8')
    return this.#asset
  }
}

/** The text of a document, as it is served and written to files. */
export function documentText(document: OpenApiDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`
}
