import { declareAction } from '../action-fact.js'
import type { Constructor } from '../action-model.js'
import type { Call } from '../call.js'
import type { Describe } from '../description/action-description.js'
import type { Exchange } from '../exchange.js'
import type { PipelineHost } from '../host.js'
import type { Permission } from '../permission.js'
import { anyone } from '../permissions.js'
import { problemReply } from '../problem/problem.js'
import { Reply } from '../reply.js'
import { declareResource } from '../resource-fact.js'
import { ViewSet } from '../viewset.js'
import { type Health, notReady } from './health.js'
import { defaultPaths, type HealthOptions } from './health-options.js'

const place = 'createApp({ health })'

/** Probes are never answered by what somebody has kept. */
const headers = { 'cache-control': 'no-store' } as const

const lives = async (): Promise<Reply> => Reply.json({ status: 'live' }, 200, headers)

type Style = Pick<PipelineHost, 'problemStyle' | 'naming'>

/** The viewsets that answer probes. They are viewsets as any others are. */
export function healthViewSets(
  { live = defaultPaths.live, ready = defaultPaths.ready, allow = anyone }: HealthOptions<unknown>,
  health: Health,
  style: Style,
): readonly Constructor[] {
  const isReady = async (call: Call): Promise<Reply> => {
    const readiness = await health.readiness()
    if (readiness.status === 'ready') return Reply.json(readiness, 200, headers)
    const { path: instance, id: requestId } = call as Exchange
    return problemReply(notReady(readiness), { instance, requestId }, style.problemStyle, style.naming)
  }
  return [
    probeViewSet('LivenessViewSet', live, { answer: lives, allow, describe: () => describedLife }),
    probeViewSet('ReadinessViewSet', ready, { answer: isReady, allow, describe: () => describedReadiness }),
  ]
}

interface Probe {
  readonly answer: (call: Call) => Promise<Reply>
  readonly allow: Permission
  readonly describe: Describe
}

function probeViewSet(name: string, path: string, { answer: value, allow, describe }: Probe): Constructor {
  class ProbeViewSet extends ViewSet {}
  Object.defineProperty(ProbeViewSet, 'name', { value: name })
  declareResource(ProbeViewSet, { path, place })
  Object.defineProperty(ProbeViewSet.prototype, 'probe', { value, configurable: true })
  const action = {
    name: 'probe',
    method: 'get',
    on: 'collection',
    path: '',
    permission: allow,
    describe,
    place,
  } as const
  declareAction(ProbeViewSet, action)
  return ProbeViewSet
}

const described = (description: string, status: string, properties: object) => ({
  answers: [
    {
      status: 200,
      description,
      schema: {
        type: 'object',
        properties: { status: { const: status }, ...properties },
        required: ['status', ...Object.keys(properties)],
      },
    },
  ],
})
const describedLife = described('The application lives.', 'live', {})
const describedReadiness = {
  ...described('The application is ready.', 'ready', {
    checks: { type: 'object', additionalProperties: { enum: ['up', 'down'] } },
  }),
  problems: ['NOT_READY'],
} as const
