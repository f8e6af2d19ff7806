import { AppException } from '../../errors/app-exception.js'
import type { ActionModel } from '../action-model.js'
import type { Run } from '../step.js'

/** The body is of a type that the action does not read (415). `details.accepts` lists those it does. */
export class UnsupportedMediaTypeError extends AppException {
  static override readonly statusCode: number = 415
  static override readonly errorCode: string = 'UNSUPPORTED_MEDIA_TYPE'
}

/** The media types of the bodies an action reads; none where it takes no body. */
export function acceptedTypes({ method, body, input }: ActionModel): readonly string[] {
  if (!body && !input) return []
  return method === 'patch' ? ['application/json', 'application/merge-patch+json'] : ['application/json']
}

/** Refuses bodies of other types, before they are read. */
export function negotiate(action: ActionModel): Run | undefined {
  const accepts = acceptedTypes(action)
  if (accepts.length === 0) return undefined
  return (exchange) => {
    const [type = ''] = (exchange.header('content-type') ?? '').split(';')
    if (accepts.includes(type.trim().toLowerCase())) return
    throw new UnsupportedMediaTypeError(`Send ${accepts.join(' or ')}.`, { details: { accepts } })
  }
}
