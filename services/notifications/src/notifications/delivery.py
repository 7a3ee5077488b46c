"""The delivery process: sends what is due, tenant by tenant, until it is told to stop.

An e-mail is claimed in one short transaction, sent outside of any, and settled in another, each by itself: a slow mail
server holds nothing up, and what is sent is what the database said the moment before, not what somebody has erased
since. The two transactions cost little beside the dozen answers of a mail server.
"""

from collections import Counter
from collections.abc import Callable
from threading import Event as Flag

import structlog
from common import clock
from common.database import Context, UnitOfWork
from common.errors import Moved, Unavailable
from common.outbox import EVERY_TENANT
from common.process import Beat
from prometheus_client import CollectorRegistry, Gauge
from prometheus_client import Counter as Metric
from sqlalchemy.exc import DBAPIError

from notifications import usecases
from notifications.domain import Email, Refused, Unreachable
from notifications.post import Post

EMAIL_BATCH = 10
IDLE_SECONDS = 1.0
INTERRUPTED_SECONDS = 5.0
FAILURES = ("refused", "given_up")
logger = structlog.get_logger(__name__)


class DeliveryMetrics:
    """How e-mail goes; `outcome` tells a try that will be repeated from one that was the last."""

    def __init__(self, service: str, registry: CollectorRegistry) -> None:
        sent = Metric("emails_sent", "E-mails the mail server took.", ["service"], registry=registry)
        failed = Metric("emails_failed", "Tries that failed.", ["service", "outcome"], registry=registry)
        oldest = Gauge(
            "email_queue_oldest_seconds", "For how long the oldest due e-mail waits.", ["service"], registry=registry
        )
        self._sent, self.oldest = sent.labels(service), oldest.labels(service)
        self._failed = {outcome: failed.labels(service, outcome) for outcome in FAILURES}

    def count(self, outcome: str) -> None:
        if outcome == "sent":
            self._sent.inc()
        elif outcome in self._failed:
            self._failed[outcome].inc()


class Delivery:
    """Survives the loss of database and mail server; several may run, each claims what the others do not hold.

    A crash after the mail server took an e-mail and before that is settled sends this one a second time when its lease
    is over, with the same Message-ID: at least once, and recognisable.
    """

    def __init__(self, unit_of_work: Callable[[Context], UnitOfWork], post: Post, metrics: DeliveryMetrics) -> None:
        self._unit_of_work, self._post, self._metrics = unit_of_work, post, metrics

    def run(self, stop: Flag, beat: Beat) -> None:
        """`beat` is called at each round and each e-mail: the proof of life behind the health endpoint."""
        while not stop.is_set():
            try:
                handled = self._work_off(stop, beat)
            except (DBAPIError, OSError, Unreachable) as error:
                logger.warning("delivery_interrupted", error=type(error).__name__)
                beat(working=False)
                stop.wait(INTERRUPTED_SECONDS)
                continue
            beat()
            if not handled:
                self._post.close()
                stop.wait(IDLE_SECONDS)
        self._post.close()

    def _work_off(self, stop: Flag, beat: Beat) -> int:
        """One batch of each tenant, so that none waits for another; returns how many. Raises Unreachable."""
        handled = 0
        for tenant in self._look():
            if stop.is_set():
                break
            try:
                handled += self.deliver(tenant, beat).total()
            except (Moved, Unavailable):
                continue  # Its rows are becoming its heir's, or go with it: the next round finds what is left to send.
        return handled

    def _look(self) -> list[str]:
        with self._unit_of_work(Context(EVERY_TENANT)) as uow:
            self._metrics.oldest.set(usecases.seconds_behind(uow, now=clock.now()))
            return usecases.tenants_with_due_emails(uow, now=clock.now())

    def deliver(self, tenant: str, beat: Beat) -> Counter[str]:
        """One batch of one tenant; returns how many, by outcome (see `Email.outcome`). Raises Unreachable."""
        outcomes = Counter[str]()
        try:
            while outcomes.total() < EMAIL_BATCH and (email := self._deliver_next(tenant, beat)):
                outcomes[email.outcome] += 1
                self._metrics.count(email.outcome)
        finally:
            if outcomes:
                logger.info("emails_handled", tenant=tenant, **outcomes)
        return outcomes

    def _deliver_next(self, tenant: str, beat: Beat) -> Email | None:
        beat()
        with self._unit_of_work(Context(tenant)) as uow:
            email = usecases.claim_email(uow, now=clock.now())
        if email and email.leased_until:
            self._send(tenant, email)
        return email

    def _send(self, tenant: str, email: Email) -> None:
        try:
            self._post.send(email)
        except Unreachable:
            self._settle(tenant, email)  # Nothing became of it.
            raise
        except Refused as refusal:
            email.refused(refusal, clock.now())
        else:
            email.sent(clock.now())
        self._settle(tenant, email)

    def _settle(self, tenant: str, email: Email) -> None:
        """In the tenant's heir, when provinces merged meanwhile."""
        with self._unit_of_work(Context(tenant, follows=True)) as uow:
            usecases.settle_email(uow, email)
