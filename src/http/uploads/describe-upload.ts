import { classSchema } from '../../serializer/class-schema.js'
import type { SchemaObject } from '../../serializer/value-schema.js'
import { maxBytesOf } from '../../validators/file-size.js'
import type { ActionDescription, DescribedScene } from '../description/action-description.js'
import type { UploadRule } from './upload-options.js'

/** Describes the form of an action that takes files (OpenAPI 3.1, "Special Considerations for multipart Content"). */
export function describeUpload({ action: { upload, body }, naming }: DescribedScene): ActionDescription | undefined {
  if (!upload) return undefined
  const texts = body ? classSchema(body, naming) : { properties: {}, required: [] }
  const rules = Object.entries(naming.members(upload))
  const required = rules.filter(([, { optional }]) => !optional).map(([name]) => name)
  return {
    body: {
      schema: {
        type: 'object',
        properties: {
          ...(texts['properties'] as Readonly<Record<string, SchemaObject>>),
          ...Object.fromEntries(rules.map(([name, rule]) => [name, filesSchema(rule)])),
        },
        required: [...(texts['required'] as readonly string[]), ...required],
        additionalProperties: false,
      },
      mediaTypes: ['multipart/form-data'],
      encoding: Object.fromEntries(rules.map(([name, rule]) => [name, { contentType: contentTypes(rule) }])),
    },
    problems: ['FILE_REFUSED'],
  }
}

function filesSchema(rule: UploadRule): SchemaObject {
  const one = {
    type: 'string',
    format: 'binary',
    minLength: rule.allowEmpty ? 0 : 1,
    maxLength: maxBytesOf(rule),
  } as const
  const { most } = rule
  return most === undefined ? one : { type: 'array', items: one, minItems: rule.optional ? 0 : 1, maxItems: most }
}

function contentTypes({ types }: UploadRule): string {
  if (types === 'any') return 'application/octet-stream'
  return (Array.isArray(types) ? (types as readonly string[]) : Object.keys(types)).join(', ')
}
