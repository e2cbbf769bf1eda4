# One image, three commands: `node apps/api/src/main.ts` (the default), `node apps/worker/src/main.ts` and
# `node packages/cli/src/main.ts`, which is `jejak`.
# The workspace is copied as it is: Node runs the TypeScript sources, and refuses to under node_modules.

FROM node:24-bookworm-slim AS build
WORKDIR /app
ENV CI=true
COPY . .
RUN npm install --global "$(node -p 'require("./package.json").packageManager.split("+")[0]')"
RUN pnpm install --frozen-lockfile && pnpm --filter @jejak/db run generate && pnpm --filter @jejak/widget run build
RUN rm -rf node_modules apps/*/node_modules packages/*/node_modules \
  && pnpm install --frozen-lockfile --prod --no-optional --offline

FROM node:24-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production
COPY --from=build /app .
# The compiled code of all three is part of the image, which may be read-only: a start takes two thirds of the time.
# Node reads only the cache of its own user, so it is made by the one who starts.
ENV NODE_COMPILE_CACHE=/app/.compile-cache
RUN install --directory --owner=node "$NODE_COMPILE_CACHE"
USER node
RUN node scripts/warm-compile-cache.mjs
EXPOSE 3000 3001
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
  CMD ["node", "scripts/check-health.mjs", "http://127.0.0.1:3000/health/ready"]
CMD ["node", "apps/api/src/main.ts"]
