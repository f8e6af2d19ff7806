import type { Clock, Logger } from 'plinth'
import { token } from './injection-key.js'

/** The logger of the application: `constructor(@inject(loggerKey) readonly logger: Logger) {}`. */
export const loggerKey = token<Logger>('logger')

/** Where the application takes its instants from. */
export const clockKey = token<Clock>('clock')
