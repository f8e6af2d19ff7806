import type { SchemaObject } from '../../serializer/value-schema.js'
import type { Permission } from '../permission.js'
import type { OpenApiOptions, SecurityRequirement } from './openapi-document.js'

const byToken: Readonly<Record<string, SchemaObject>> = { token: { type: 'http', scheme: 'bearer' } }

/** How callers sign in. */
export function securitySchemesOf({ security = byToken }: OpenApiOptions): Readonly<Record<string, SchemaObject>> {
  return security
}

/** What an action asks of callers; who may call it without signing in may sign in all the same. */
export function securityOf(
  permission: Permission,
  options: OpenApiOptions,
  authenticates: boolean,
): readonly SecurityRequirement[] {
  const schemes = Object.keys(securitySchemesOf(options)).map((name) => ({ [name]: [] }))
  if (!permission.open) return schemes
  return authenticates ? [{}, ...schemes] : []
}
