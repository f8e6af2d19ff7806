import type { WritesOne } from '../../service/many-rows.js'
import { ownPart } from '../../service/own-part.js'
import type { ActionModel, Constructor } from '../action-model.js'
import type { Exchange } from '../exchange.js'
import { dataSourceOf, type PipelineHost } from '../host.js'

/** Whether the service that writes the row of an exchange, if there is one, does what every service does, and nothing else. */
export function isServedPlainly(
  { model }: ActionModel,
  method: WritesOne,
  { request }: Exchange,
  host: PipelineHost,
): boolean {
  if (!model?.service) return true
  const service = made(model.service, request, host)
  if (!service || ownPart(service, method) !== undefined || !hasEntity(service.constructor, model.entity)) return false
  return 'dataSource' in service && service.dataSource === dataSourceOf(host)
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

const hasEntity = (service: object, entity: object): boolean => 'entity' in service && service.entity === entity
