import type { Mistakes } from '../../errors/definition-error.js'
import { UsageError } from '../../errors/usage-error.js'
import type { Naming } from '../../helpers/naming.js'
import { compileBody } from '../../serializer/compile-body.js'
import { ruledProperties } from '../../serializer/validation-rules.js'
import { verifyNamesBeside } from '../../serializer/verify-names.js'
import type { ActionModel } from '../action-model.js'
import type { Exchange } from '../exchange.js'
import type { PipelineHost } from '../host.js'
import { compileFileRule, type FileRule } from './file-rule.js'
import { bodyOfForm } from './form-fields.js'
import { type Receiving, receive } from './receive.js'
import type { UploadedFile } from './uploaded-file.js'

/** The texts of a form beyond its class: names are known, but arrays may have several of one. */
const mostTexts = 100

/** Reads the form of a request into its exchange. */
export type UploadReader = (exchange: Exchange) => Promise<void>

/** Compiles the reader of an action that takes files; what is wrong is added to `mistakes`. */
export function compileUpload(action: ActionModel, host: PipelineHost, mistakes: Mistakes): UploadReader | undefined {
  const { body, upload = {} } = action
  const rules = rulesOf(action, host.naming, mistakes)
  const { files: storage, dataSource, limits, naming } = host
  if (!rules || !isSound(action, host, mistakes) || !storage) return undefined
  const textNames = new Set(body ? [...ruledProperties(body)].map(naming.outside) : [])
  const most = [...rules.values()].reduce((sum, rule) => sum + rule.most, 0)
  const bytes = [...rules.values()].reduce((sum, rule) => sum + rule.most * rule.maxBytes, 0)
  const receiving: Receiving = {
    rules,
    declared: new Map(Object.keys(upload).map((name) => [naming.outside(name), name])),
    textNames,
    storage,
    unit: dataSource,
    limits: {
      total: bytes + limits.body,
      text: limits.body,
      parts: most + (body ? mostTexts : 0) + Object.keys(upload).length,
    },
  }
  const readBody = body && compileBody(body, naming)
  return async (exchange) => {
    const received: UploadedFile[] = []
    exchange.received = received
    const { texts, files } = await receive(exchange, receiving, (file) => void received.push(file))
    if (body && readBody) exchange.body = await readBody(bodyOfForm(texts, body, limits.depth, naming))
    exchange.files = files
    if (exchange.idempotencyKey !== undefined) exchange.bodyBytes = sameness(texts, received)
  }
}

/** What two requests with the same form have in common: their boundaries differ, and the bytes with them. */
function sameness(texts: Iterable<unknown>, received: readonly UploadedFile[]): Uint8Array {
  const files = received.map(({ field, name, sha256 }) => [field, name, sha256])
  return Buffer.from(JSON.stringify([[...texts], files]))
}

function rulesOf(
  action: ActionModel,
  { outside }: Naming,
  mistakes: Mistakes,
): ReadonlyMap<string, FileRule> | undefined {
  const rules = new Map<string, FileRule>()
  try {
    for (const [name, rule] of Object.entries(action.upload ?? {}))
      rules.set(outside(name), compileFileRule(outside(name), rule))
    return rules
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    const [problem = ''] = error.message.split('\n')
    report(action, `the rule of one of its files makes no sense: ${problem}`, 'Correct `upload`.', mistakes)
    return undefined
  }
}

function isSound(action: ActionModel, { files, naming }: PipelineHost, mistakes: Mistakes): boolean {
  const { upload = {}, body } = action
  const names = Object.keys(upload)
  const twice = names.find((name) => body && ruledProperties(body).has(name))
  const given = [...names, ...(body ? ruledProperties(body) : [])]
  const subject = `${action.viewSet.name}.${action.name}`
  verifyNamesBeside({ subject, place: action.place, names: given }, naming, mistakes)
  const uncounted = names.find((name) => !isCount(upload[name]!.most ?? 1))
  const found: readonly (readonly [boolean, string, string])[] = [
    [
      !files,
      'it takes files, but the application has nowhere to put them.',
      'Give it a storage: { files: new LocalFileStorage({ directory }) }.',
    ],
    [names.length === 0, '`upload` names no file.', 'Name one, or leave `upload` out.'],
    [twice !== undefined, `"${twice}" is both a file and a property of its body.`, 'Give one of them another name.'],
    [
      uncounted !== undefined,
      `"${uncounted}" may have ${String(upload[uncounted ?? '']?.most)} files.`,
      'Give `most` a whole number from 1 to 100.',
    ],
  ]
  for (const [isWrong, problem, remedy] of found) if (isWrong) report(action, problem, remedy, mistakes)
  return found.every(([isWrong]) => !isWrong)
}

function isCount(most: unknown): boolean {
  return Number.isInteger(most) && Number(most) >= 1 && Number(most) <= 100
}

function report({ viewSet, name, place }: ActionModel, problem: string, remedy: string, mistakes: Mistakes): void {
  mistakes.add({ code: 'E_UPLOAD', subject: `${viewSet.name}.${name}`, problem, places: [place], remedy })
}
