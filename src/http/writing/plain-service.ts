import type { ModelDataSource } from '../../orm/data-source.js'
import { ownPart } from '../../service/own-part.js'
import type { ActionModel, Constructor } from '../action-model.js'
import type { Exchange } from '../exchange.js'
import { dataSourceOf, type PipelineHost } from '../host.js'

/** Whether the service that writes the rows of an exchange, if there is one, does what every service does, and nothing else. */
export function isServedPlainly(
  { model }: ActionModel,
  method: string,
  { request }: Exchange,
  host: PipelineHost,
): boolean {
  if (!model?.service) return true
  const service = made(model.service, request, host)
  return service !== undefined && isPlainService(service, method, model.entity, dataSourceOf(host))
}

/** Whether a service writes rows of an entity in a data source as every service does. */
export function isPlainService(service: object, method: string, entity: unknown, dataSource: ModelDataSource): boolean {
  if (ownPart(service, method) !== undefined || !hasEntity(service.constructor, entity)) return false
  return 'dataSource' in service && service.dataSource === dataSource
}

/** The instance of a service; undefined where one cannot be made, which is said in its turn. */
function made(service: Constructor, request: object, { instances }: PipelineHost): object | undefined {
  try {
    // Fields and limits are of the instance, and what it is made with may refuse the request.
    return instances.get(service, request)
  } catch {
    return undefined
  }
}

const hasEntity = (service: object, entity: unknown): boolean => 'entity' in service && service.entity === entity
