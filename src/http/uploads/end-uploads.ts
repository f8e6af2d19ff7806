import type { Pipeline, PipelineHost } from '../host.js'

/** Runs a pipeline that takes files, and removes those that it has not stored. An answer is sent only afterwards. */
export function endingUploads(pipeline: Pipeline, { logger }: Pick<PipelineHost, 'logger'>): Pipeline {
  return async (exchange) => {
    let failure: unknown
    try {
      await pipeline(exchange)
    } catch (error) {
      failure = error
      throw error
    } finally {
      const ended = await Promise.allSettled((exchange.received ?? []).map((file) => file.end(failure)))
      for (const result of ended) {
        if (result.status === 'fulfilled') continue
        const error: unknown = result.reason
        logger.error('A file that was received and not stored could not be removed.', { requestId: exchange.id, error })
      }
    }
  }
}
