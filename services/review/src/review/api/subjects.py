"""What the review holds of one person."""

from common.http.subject_data import blueprint as data_blueprint

from review.store.subjects import FINDERS
from review.store.tables import metadata

EVERYBODY = ("operator", "administrator", "author", "officer", "secretary", "member", "chair", "standing")

blueprint = data_blueprint(metadata, FINDERS, everybody=EVERYBODY, administrator="administrator")
