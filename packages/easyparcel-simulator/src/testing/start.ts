import axios from 'axios'
import { type SimulatorOptions, startSimulator } from '../index.ts'

export const hourMs = 3_600_000
export const bookedAt = '2026-03-02T02:00:00.000Z'

export type Stage = Awaited<ReturnType<typeof startStage>>

/** Starts a simulator at speed 1 whose clock stands at `bookedAt` until a test moves it with `pass`. */
export const startStage = async (options: SimulatorOptions = {}) => {
  let now = Date.parse(bookedAt)
  const simulator = await startSimulator({ seed: 'test', now: () => new Date(now), ...options })
  const http = axios.create({ baseURL: simulator.url, validateStatus: () => true, maxRedirects: 0, timeout: 5_000 })
  return {
    simulator,
    http,
    pass: (ms: number) => {
      now += ms
    },
    track: (numbers: readonly string[], token = 'demo-access-token') =>
      http.post(
        '/open_api/2026-06/shipment/tracking_status',
        { awb_numbers: numbers },
        { headers: { authorization: `Bearer ${token}` } },
      ),
  }
}
