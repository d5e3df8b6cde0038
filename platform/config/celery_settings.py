"""Settings of Celery."""

import os

broker_url = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")
broker_connection_retry_on_startup = True
# A broken Redis must not hang a request: publishing gives up at once, the outbox tries again.
broker_transport_options = {
    "socket_connect_timeout": 1.0,
    "socket_timeout": 5.0,
    "visibility_timeout": 3600,
    "max_retries": 1,
}
broker_connection_timeout = 1.0
task_publish_retry = False
task_ignore_result = True
task_acks_late = True
task_reject_on_worker_lost = True
task_serializer = "json"
accept_content = ["json"]
worker_prefetch_multiplier = 1
worker_hijack_root_logger = False
task_default_queue = "default"
task_create_missing_queues = True
task_routes = {
    # The school's own role makes its archive; the provisioner is for what only the owner can.
    "tenants.provisioning.make_archive": {"queue": "default"},
    "tenants.provisioning.*": {"queue": "provisioning"},
    "reports.*": {"queue": "rollup"},
    # Waiting for other people's servers is done apart.
    "core.webhooks.*": {"queue": "webhooks"},
    "schools.notifications.post_*": {"queue": "webhooks"},
}
enable_utc = True
